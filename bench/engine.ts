import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { planAndAccept, timedPhase } from './engine-phases.ts';
import { cpuMs } from './measure.ts';
import { peakMemory } from './memory.ts';
import { openEngine } from './open-engine.ts';
import { type Shares, sampleShares } from './profile-shares.ts';

/** What a run through the real engine took, journal and checksums on. */
export type EngineResult = {
  readonly planMs: number;
  readonly backupMs: number;
  readonly executeMs: number;
  readonly executeCpuMs: number;
  readonly validateMs: number;
  readonly outcome: string | null;
  readonly setAside: number;
  /** Rows inserted, all outputs. */
  readonly rows: number;
  readonly perStepMs: Readonly<Record<string, number>>;
  /** `migrated_at` of the run, so that a peer can write the same rows. */
  readonly startedAt: string;
  /** Highest resident size until execute had ended, and of the whole process. */
  readonly executePeakBytes: number | null;
  readonly peakBytes: number | null;
  /** Longest time that the engine's thread let nothing else in, during execute. */
  readonly longestBlockMs: number;
  readonly shares: Shares | null;
};

async function runEngine(bundle: string, home: string, target: string, profiled: boolean): Promise<EngineResult> {
  const engine = await openEngine(home);
  try {
    const { services } = engine;
    const begun = performance.now();
    const runId = await planAndAccept(services, bundle);
    const planMs = performance.now() - begun;
    const backupMs = await timedPhase(services, runId, 'backup', () => services.run.backup({ runId }, {}));
    const stopSampling = profiled ? await sampleShares() : null;
    const cpuBefore = cpuMs();
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const executeMs = await timedPhase(services, runId, 'execute', () =>
      services.run.execute({ runId, autoRollback: false }, {}),
    );
    delay.disable();
    const executeCpuMs = cpuMs() - cpuBefore;
    const shares = stopSampling ? await stopSampling() : null;
    const executePeakBytes = peakMemory();
    const executed = await services.run.snapshot({ runId }, {});
    const validateMs = await timedPhase(services, runId, 'validate', () =>
      services.run.validate({ runId, full: false }, {}),
    );
    const ended = await services.run.snapshot({ runId }, {});
    return {
      planMs,
      backupMs,
      executeMs,
      executeCpuMs,
      validateMs,
      outcome: ended.outcome,
      setAside: executed.setAside.now,
      rows: Object.values(executed.counts.outputs).reduce((sum, output) => sum + output.inserted, 0),
      perStepMs: Object.fromEntries(executed.steps.map((step) => [step.id, step.elapsedMs ?? 0])),
      startedAt: migratedAt(target),
      executePeakBytes,
      peakBytes: peakMemory(),
      longestBlockMs: delay.max / 1e6,
      shares,
    };
  } finally {
    await engine.close();
  }
}

function migratedAt(target: string): string {
  const database = new Database(target, { readonly: true });
  try {
    return database
      .prepare("SELECT attribute_value FROM task_attributes WHERE attribute_name = 'migrated_at' LIMIT 1")
      .pluck()
      .get() as string;
  } finally {
    database.close();
  }
}

const [bundle, home, target, profiled] = process.argv.slice(2);
if (!bundle || !home || !target) throw new Error('engine.ts BUNDLE HOME TARGET [profiled]');
process.stdout.write(`${JSON.stringify(await runEngine(bundle, home, target, profiled === 'profiled'))}\n`);
