import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BundleView } from '#shared/contract/bundle.ts';
import type { ConnectionReport } from '#shared/contract/connection.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { type Endpoint, openFields } from './endpoint.ts';

/** Connections of a bundle with their tests. All are tested on entering, once; tests only read. */
export function useEndpoints(bundle: BundleView) {
  const { api, query } = useRpc();
  const client = useQueryClient();
  const [moved, setMoved] = useState(false);
  const input = { path: bundle.path, connection: null };
  const key = query.connection.check.queryKey({ input });
  const check = useQuery(
    query.connection.check.queryOptions({ input, staleTime: Number.POSITIVE_INFINITY, refetchOnMount: false }),
  );
  const testOne = useMutation({
    mutationFn: (connection: string) => api.connection.check({ path: bundle.path, connection }),
    onSuccess: (reports) => {
      client.setQueryData<ConnectionReport[]>(key, (known = []) => [
        ...known.filter((report) => !reports.some(({ name }) => name === report.name)),
        ...reports,
      ]);
    },
  });
  const changed = (view: BundleView, connection: string) => {
    client.setQueryData(query.bundle.open.queryKey({ input: { path: bundle.path } }), view);
    setMoved(true);
    testOne.mutate(connection);
  };
  const override = useMutation({
    mutationFn: (change: { connection: string; fields: Record<string, string | null> }) =>
      api.bundle.override({ path: bundle.path, ...change }),
    onSuccess: (view, { connection }) => changed(view, connection),
  });
  const endpoints = bundle.connections.map(
    (connection): Endpoint => ({
      connection,
      report: check.data?.find((report) => report.name === connection.name) ?? null,
    }),
  );
  const ready = endpoints.filter(({ connection, report }) => report?.ready && openFields(connection).length === 0);
  const testing = (name: string) => check.isFetching || (testOne.isPending && testOne.variables === name);
  return {
    endpoints,
    ready: ready.length,
    waitsFor: endpoints.filter((endpoint) => !ready.includes(endpoint)).map(({ connection }) => connection.name),
    testing,
    anyTesting: check.isFetching || testOne.isPending,
    testAll: () => void check.refetch(),
    testOne: (name: string) => testOne.mutate(name),
    override: (connection: string, fields: Record<string, string | null>) => override.mutate({ connection, fields }),
    overriding: override.isPending,
    error: check.error ?? testOne.error ?? override.error,
    /** Shows the bundle as a change of this connection left it, and tests the connection. */
    changed,
    overridden: moved,
  };
}

export type Endpoints = ReturnType<typeof useEndpoints>;
