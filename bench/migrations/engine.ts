import { planAndAccept, timedPhase } from '../engine-phases.ts';
import { openEngine } from '../open-engine.ts';

/** What migrations through the real engine took, tracked, locked and journalled. */
export type AppliedMigrations = {
  readonly planMs: number;
  readonly backupMs: number;
  readonly executeMs: number;
  readonly applied: number;
};

async function apply(bundle: string, home: string): Promise<AppliedMigrations> {
  const engine = await openEngine(home);
  try {
    const { services } = engine;
    const began = performance.now();
    const runId = await planAndAccept(services, bundle);
    const planMs = performance.now() - began;
    const backupMs = await timedPhase(services, runId, 'backup', () => services.run.backup({ runId }, {}));
    const executeMs = await timedPhase(services, runId, 'execute', () =>
      services.run.execute({ runId, autoRollback: false }, {}),
    );
    const { steps } = await services.run.snapshot({ runId }, {});
    return { planMs, backupMs, executeMs, applied: steps.reduce((sum, step) => sum + step.done, 0) };
  } finally {
    await engine.close();
  }
}

const [bundle, home] = process.argv.slice(2);
if (!bundle || !home) throw new Error('engine.ts BUNDLE HOME');
process.stdout.write(`${JSON.stringify(await apply(bundle, home))}\n`);
