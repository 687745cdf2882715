import { useQuery } from '@tanstack/react-query';
import type { BundleView } from '#shared/contract/bundle.ts';
import type { RunHeader } from '#shared/contract/run.ts';
import { useRoute } from '../app/route-context.tsx';
import { useRpc } from '../rpc/rpc-context.tsx';

export type Migration = {
  /** Null outside a bundle and a run, and until the run's header is read. */
  readonly path: string | null;
  readonly runId: string | null;
  readonly header: RunHeader | undefined;
  readonly bundle: BundleView | undefined;
  /** Why run or bundle cannot be read. */
  readonly error: unknown;
  readonly reload: () => void;
};

/** The bundle and the run that the address names. */
export function useMigration(): Migration {
  const { query } = useRpc();
  const { place } = useRoute();
  const runId = place.kind === 'run' ? place.runId : null;
  const header = useQuery(query.run.header.queryOptions({ input: { runId: runId ?? '' }, enabled: runId !== null }));
  const path = place.kind === 'bundle' ? place.path : (header.data?.bundlePath ?? null);
  const bundle = useQuery(query.bundle.open.queryOptions({ input: { path: path ?? '' }, enabled: path !== null }));
  return {
    path,
    runId,
    header: header.data,
    bundle: bundle.data,
    error: header.error ?? bundle.error,
    reload: () => void (header.error ? header.refetch() : bundle.refetch()),
  };
}
