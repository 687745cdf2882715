import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves of the nursery, at which it stops growing. */
const enoughBytes = 16 * 1024 * 1024;

/**
 * Lets V8's nursery grow to twice 8 MB and no further, as `--max-semi-space-size=8` does (scripts/lib/engine-flags.mjs): rows
 * live for milliseconds, and 128 MB of them are not faster. That flag counts only before the first script, so it cannot help
 * who starts the command line without it; by how much the nursery grows is asked anew each time.
 */
export function limitNursery(): void {
  const observer = new PerformanceObserver(() => {
    if (nurseryBytes() < enoughBytes) return;
    observer.disconnect();
    setFlagsFromString('--semi-space-growth-factor=1');
  });
  observer.observe({ entryTypes: ['gc'] });
}

/** What V8 holds for objects that were just made. */
export function nurseryBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
}
