import { planAndAccept, timedPhase } from '../engine-phases.ts';
import { cpuMs } from '../measure.ts';
import { peakMemory } from '../memory.ts';
import { openEngine } from '../open-engine.ts';

/** What a copy through the real engine took, journal and digests on. */
export type EngineCopy = {
  readonly planMs: number;
  readonly executeMs: number;
  readonly executeCpuMs: number;
  readonly quickMs: number;
  readonly fullMs: number;
  readonly outcome: string | null;
  readonly setAside: number;
  readonly executePeakBytes: number | null;
  readonly peakBytes: number | null;
};

async function copy(bundle: string, home: string, full: boolean): Promise<EngineCopy> {
  const engine = await openEngine(home);
  try {
    const { services } = engine;
    const began = performance.now();
    const runId = await planAndAccept(services, bundle);
    const planMs = performance.now() - began;
    await timedPhase(services, runId, 'backup', () => services.run.backup({ runId }, {}));
    const cpuBefore = cpuMs();
    const executeMs = await timedPhase(services, runId, 'execute', () =>
      services.run.execute({ runId, autoRollback: false }, {}),
    );
    const executeCpuMs = cpuMs() - cpuBefore;
    const executePeakBytes = peakMemory();
    const { setAside } = await services.run.snapshot({ runId }, {});
    const validate = (all: boolean) =>
      timedPhase(services, runId, 'validate', () => services.run.validate({ runId, full: all }, {}));
    const quickMs = await validate(false);
    const fullMs = full ? await validate(true) : 0;
    const { outcome } = await services.run.snapshot({ runId }, {});
    return {
      planMs,
      executeMs,
      executeCpuMs,
      quickMs,
      fullMs,
      outcome,
      setAside: setAside.now,
      executePeakBytes,
      peakBytes: peakMemory(),
    };
  } finally {
    await engine.close();
  }
}

const [bundle, home, full] = process.argv.slice(2);
if (!bundle || !home) throw new Error('engine.ts BUNDLE HOME [full]');
process.stdout.write(`${JSON.stringify(await copy(bundle, home, full === 'full'))}\n`);
