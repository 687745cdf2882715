import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { OverlandClient } from '#shared/contract/index.ts';
import type { Connection, ConnectionState } from './connection.ts';
import { readAgain } from './query-client.ts';
import { RunWatches } from './run-watches.ts';

function createUtils(api: OverlandClient) {
  return createTanstackQueryUtils(api);
}
export type Rpc = {
  readonly connection: Connection;
  readonly api: OverlandClient;
  /** Query options: `useQuery(query.plan.get.queryOptions({ input: { runId } }))`. */
  readonly query: ReturnType<typeof createUtils>;
  readonly watches: RunWatches;
};

const RpcContext = createContext<Rpc | null>(null);

/** Gives the window its engine. After a reconnection everything that was read is read again. */
export function RpcProvider(props: { connection: Connection; queryClient: QueryClient; children: ReactNode }) {
  const { connection, queryClient, children } = props;
  const rpc = useMemo<Rpc>(
    () => ({
      connection,
      api: connection.api,
      query: createUtils(connection.api),
      watches: new RunWatches(connection),
    }),
    [connection],
  );
  useEffect(
    () =>
      connection.subscribe(() => {
        const state = connection.getState();
        if (state.kind === 'connected' && state.generation > 1) void readAgain(queryClient);
      }),
    [connection, queryClient],
  );
  return (
    <RpcContext.Provider value={rpc}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </RpcContext.Provider>
  );
}

/** Client, query options and connection of this window. */
export function useRpc(): Rpc {
  const rpc = useContext(RpcContext);
  if (!rpc) throw new Error('useRpc stands outside RpcProvider');
  return rpc;
}

/** Whether the engine is there; a component that asks is drawn again when it changes. */
export function useConnectionState(): ConnectionState {
  const { connection } = useRpc();
  return useSyncExternalStore(connection.subscribe, connection.getState);
}
