import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import { readAgain } from './query-client.ts';
import { useRpc } from './rpc-context.tsx';
import type { WatchedRun } from './run-watches.ts';

/** Live state of a run, at most ten times a second. While the engine is away it keeps the last snapshot with `live: false`. */
export function useRunSnapshot(runId: string): WatchedRun {
  const { watches } = useRpc();
  const subscribe = useCallback((listener: () => void) => watches.subscribe(runId, listener), [watches, runId]);
  return useSyncExternalStore(subscribe, () => watches.get(runId));
}

/** Reads again what was read of a run when its phase, condition or outcome changes. Once a window, in the shell. */
export function useRunInvalidation(runId: string): void {
  const { snapshot } = useRunSnapshot(runId);
  const queryClient = useQueryClient();
  const stage = snapshot ? `${snapshot.phase} ${snapshot.condition} ${snapshot.outcome}` : null;
  const known = useRef<string | null>(null);
  useEffect(() => {
    if (stage === null) return;
    if (known.current !== null && known.current !== stage) void readAgain(queryClient);
    known.current = stage;
  }, [stage, queryClient]);
}
