import { QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { createQueryClient, readAgain } from './query-client.ts';

it('does not settle for a first read that began before the change', async () => {
  const client = createQueryClient();
  const answers: ((value: string) => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: [['backup', 'get']],
    queryFn: () => new Promise<string>((resolve) => answers.push(resolve)),
  });
  const stop = observer.subscribe(() => undefined);
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  const again = readAgain(client);
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[0]?.('writing');
  answers[1]?.('verified');
  await again;
  expect(observer.getCurrentResult().data).toBe('verified');
  stop();
});

it('leaves the tests of connections to the operator', async () => {
  const client = createQueryClient();
  const read = vi.fn(async () => 'ready');
  const stop = new QueryObserver(client, { queryKey: [['connection', 'test']], queryFn: read }).subscribe(
    () => undefined,
  );
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1));
  await readAgain(client);
  expect(read).toHaveBeenCalledTimes(1);
  stop();
});
