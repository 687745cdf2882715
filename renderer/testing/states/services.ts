import type { RunSnapshot } from '#shared/contract/run.ts';
import { bundle } from '../fixtures/bundle.ts';
import { genericReport, legacyReport } from '../fixtures/connections.ts';
import { pastRuns, recent, templates } from '../fixtures/home.ts';
import { plan } from '../fixtures/plan.ts';
import { makeSnapshot, runHeader } from '../fixtures/run.ts';
import { settings, systemInfo } from '../fixtures/system.ts';
import { live } from '../live.ts';
import type { FakeServices } from '../memory-client.ts';

/** An engine with one bundle and its run; give the groups that differ. `run.watch` streams `snapshot`. */
export function services(more: FakeServices = {}, snapshot: RunSnapshot = makeSnapshot()): FakeServices {
  const watched = live(snapshot);
  let kept = settings;
  return {
    ...more,
    system: {
      info: () => systemInfo,
      settings: () => kept,
      saveSettings: (changed) => {
        kept = { ...kept, ...changed } as typeof settings;
        return kept;
      },
      secrets: () => [],
      browse: () => ({ path: '/home/ops', parent: '/home', entries: [] }),
      ...more.system,
    },
    bundle: { recent: () => recent, templates: () => templates, open: () => bundle, ...more.bundle },
    connection: { check: () => [legacyReport, genericReport], ...more.connection },
    plan: { get: () => plan, ...more.plan },
    run: {
      header: () => runHeader,
      snapshot: () => watched.get(),
      watch: async (_input, { signal }) => watched.stream(signal) as never,
      ...more.run,
    },
    history: {
      list: ({ outcome }) =>
        outcome === 'open' ? { total: 0, byOutcome: {}, runs: [] } : { total: 47, byOutcome: {}, runs: pastRuns },
      ...more.history,
    },
  };
}
