import { Button } from '@mantine/core';
import { useRpc } from '../rpc/rpc-context.tsx';

/** Reaches for a lost engine at once; nothing where the desktop brings it back by itself. */
export function TryNow() {
  const { connection } = useRpc();
  return connection.canTry ? <Button onClick={connection.tryNow}>Try now</Button> : null;
}
