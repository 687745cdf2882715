import { planAndAccept, timedPhase } from './engine-phases.ts';
import { openEngine } from './open-engine.ts';

/** Brings a run to the point where only execute is left, and prints its id as JSON. */
const [bundle, home] = process.argv.slice(2);
if (!bundle || !home) throw new Error('prepare.ts BUNDLE HOME');
const engine = await openEngine(home);
try {
  const { services } = engine;
  const runId = await planAndAccept(services, bundle);
  await timedPhase(services, runId, 'backup', () => services.run.backup({ runId }, {}));
  process.stdout.write(`${JSON.stringify({ runId })}\n`);
} finally {
  await engine.close();
}
