import { useQuery } from '@tanstack/react-query';
import type { RunHeader, RunSnapshot } from '#shared/contract/run.ts';
import { useRunId } from '../../app/route-context.tsx';
import { useConnectionState, useRpc } from '../../rpc/rpc-context.tsx';
import { useRunSnapshot } from '../../rpc/use-run-snapshot.ts';

export type Run = {
  readonly runId: string;
  /** The last one received; null before the first. */
  readonly snapshot: RunSnapshot | null;
  /** The engine does not answer: what is shown is the last known state. */
  readonly lost: boolean;
  /** ISO time at which it stopped answering; null while it answers. */
  readonly lostAt: string | null;
  /** Why the run cannot be read; null when it can. */
  readonly error: unknown;
  /** Target as a person names it, `the target` until it is read. */
  readonly target: string;
  readonly header: RunHeader | null;
};

/** The run of the address: its live state and its name tags. */
export function useRun(): Run {
  const runId = useRunId();
  const { query } = useRpc();
  const connection = useConnectionState();
  const watched = useRunSnapshot(runId);
  const header = useQuery(query.run.header.queryOptions({ input: { runId }, staleTime: Number.POSITIVE_INFINITY }));
  const lost = connection.kind === 'lost';
  return {
    runId,
    snapshot: watched.snapshot,
    lost,
    lostAt: lost ? new Date(connection.since).toISOString() : null,
    error: watched.error,
    target: header.data?.target ?? 'the target',
    header: header.data ?? null,
  };
}
