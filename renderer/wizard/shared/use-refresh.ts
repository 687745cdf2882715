import { useEffect, useRef } from 'react';

/**
 * Reads a view again while work is under way: at most once a second, driven by the snapshots of the run, and once when it ends.
 * `tick` is the sequence number of the newest snapshot.
 */
export function useRefresh(tick: number | undefined, active: boolean, refetch: () => unknown): void {
  const last = useRef(0);
  const wasActive = useRef(active);
  useEffect(() => {
    if (tick === undefined) return;
    const ended = wasActive.current && !active;
    wasActive.current = active;
    if (!active && !ended) return;
    const now = performance.now();
    if (!ended && now - last.current < 1000) return;
    last.current = now;
    void refetch();
  }, [tick, active, refetch]);
}
