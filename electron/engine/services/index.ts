import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Services } from '#shared/contract/services.ts';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { drivers } from '../../drivers/registry.ts';
import type { Environment } from '../../platform/environment.ts';
import type { EngineContext } from '../run/engine-context.ts';
import { Journal } from '../run/journal/journal.ts';
import { Phases } from '../run/phases.ts';
import { replayStep } from '../run/replay.ts';
import { findRun } from '../run/run-lock.ts';
import { RunManager } from '../run/run-manager.ts';
import { stepKinds } from '../steps/registry.ts';
import { createBundleServices } from './bundle/index.ts';
import { createConnectionServices } from './connection/index.ts';
import { createHandOverServices } from './hand-over.ts';
import { createHistoryServices } from './history/index.ts';
import { keepReport } from './history/report-of-run.ts';
import type { HostBridge } from './host-bridge.ts';
import { createMigrationsServices } from './migrations/index.ts';
import { createQuarantineServices } from './quarantine/index.ts';
import { createRunServices } from './run-groups.ts';
import { createSystemServices } from './system/index.ts';
import { loadSettings } from './system/settings.ts';

export type EngineOptions = { readonly environment: Environment; readonly host: HostBridge; readonly version: string };

/** The engine of one host: its services, and its orderly end. */
export type Engine = {
  readonly services: Services;
  /** Runs with a phase at work in this process. */
  activeRuns(): readonly { readonly runId: string; readonly phase: string }[];
  /** Ends what is at work (`pause` lets the chunk finish, `cancel` undoes it), then closes the journal. */
  close(how: 'pause' | 'cancel'): Promise<void>;
};

/** Opens the journal and makes the services; the only place where the parts of the engine meet. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { environment, host, version } = options;
  mkdirSync(dirname(environment.paths.journal), { recursive: true, mode: 0o700 });
  const journal = Journal.open(environment.paths.journal, environment.failpoints);
  const settings = await loadSettings(environment);
  let pointsFolder = settings.pointsFolder;
  const context: EngineContext = {
    environment,
    journal,
    kinds: stepKinds,
    drivers,
    version,
    pointsFolder: () => pointsFolder,
    storeReport: (runId) => keepReport(context, runId),
  };
  const manager = new RunManager(context);
  const phases = new Phases(manager);
  const system = createSystemServices({ environment, journal, host, version });
  const bundle = createBundleServices(context);
  const services: Services = {
    bundle,
    connection: createConnectionServices(context, bundle),
    migrations: createMigrationsServices(context),
    quarantine: createQuarantineServices({ context, replayStep: (request) => replayStep(manager, request) }),
    handOver: createHandOverServices(context),
    history: createHistoryServices({
      context,
      cleanUp: (runId, removePoint) => cleanUp(manager, phases, runId, removePoint),
    }),
    system: {
      ...system,
      saveSettings: async (change, call) => {
        const saved = await system.saveSettings(change, call);
        pointsFolder = saved.pointsFolder;
        return saved;
      },
    },
    ...createRunServices(manager, phases),
  };
  return {
    services,
    activeRuns: () => manager.activeRuns().map(({ runId, phase }) => ({ runId, phase })),
    close: async (how) => {
      await manager.stopAll(how);
      journal.close();
    },
  };
}

/** The history's clean-up ends when the phase has; a failure of the phase is the caller's failure. */
async function cleanUp(manager: RunManager, phases: Phases, runId: string, removePoint: boolean): Promise<void> {
  phases.cleanup(runId, removePoint);
  await manager.settled(runId);
  const { failure } = findRun(manager.context, runId);
  if (failure === null) return;
  const { message } = JSON.parse(failure) as { message: string };
  throw new OverlandError('FAILED', message, {
    finding: makeFinding({ severity: 'error', category: 'cleanup', message }),
  });
}
