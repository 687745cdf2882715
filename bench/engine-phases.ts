import type { RunSnapshot } from '../shared/contract/run.ts';
import type { Services } from '../shared/contract/services.ts';
import type { Phase } from '../shared/model/run.ts';

/** Plans a bundle and accepts the plan without consents; the id of the run. */
export async function planAndAccept(services: Services, bundle: string): Promise<string> {
  const { runId } = await services.plan.create({ path: bundle }, {});
  await settled(services, runId, 'plan');
  const { hash } = await services.plan.get({ runId }, {});
  if (!hash) throw new Error('The plan has no hash to accept.');
  await services.plan.accept({ runId, hash, consents: [] }, {});
  return runId;
}

/** Starts a phase and waits for its end; milliseconds. */
export async function timedPhase(
  services: Services,
  runId: string,
  name: Phase,
  start: () => Promise<void>,
): Promise<number> {
  const begun = performance.now();
  await start();
  await settled(services, runId, name);
  return performance.now() - begun;
}

/** Waits until this phase has ended well; throws with what stopped it otherwise. */
async function settled(services: Services, runId: string, name: Phase): Promise<RunSnapshot> {
  const begun = performance.now();
  for (;;) {
    const snapshot = await services.run.snapshot({ runId }, {});
    if (snapshot.refused) throw new Error(`${name} was refused: ${JSON.stringify(snapshot.refused)}`);
    if (snapshot.phase === name && snapshot.condition === 'done') return snapshot;
    if (snapshot.phase === name && ['failed', 'paused'].includes(snapshot.condition)) {
      throw new Error(`${name} ended ${snapshot.condition}: ${snapshot.failure?.message ?? 'no reason given'}`);
    }
    // Asking costs the engine time: seldom enough to take and to miss at most a fiftieth.
    const pause = Math.min(500, Math.max(10, (performance.now() - begun) / 50));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
