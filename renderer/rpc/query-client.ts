import { QueryClient } from '@tanstack/react-query';
import { isEngineLost } from './errors.ts';

/** The engine is on this machine: no network mode, no refetch by focus, a read is tried again only when the engine was lost. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 2 && isEngineLost(error),
        retryDelay: 500,
        staleTime: 2_000,
        gcTime: 10 * 60_000,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

/** Reads again whatever was read, save the tests of connections: those only the operator starts. */
export function readAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ predicate: ({ queryKey }) => !isConnectionTest(queryKey) });
}

function isConnectionTest(key: readonly unknown[]): boolean {
  const [path] = key;
  return Array.isArray(path) && path[0] === 'connection';
}
