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

/**
 * Reads again whatever was read, save the tests of connections: those only the operator starts. A first read that is still
 * under way began before the change and may answer with what was; the library would wait for it, so it is given up first.
 */
export async function readAgain(client: QueryClient): Promise<void> {
  const predicate = ({ queryKey }: { readonly queryKey: readonly unknown[] }) => !isConnectionTest(queryKey);
  await client.cancelQueries({ predicate });
  await client.invalidateQueries({ predicate });
}

function isConnectionTest(key: readonly unknown[]): boolean {
  const [path] = key;
  return Array.isArray(path) && path[0] === 'connection';
}
