import type { Driver } from '../../drivers/driver.ts';
import type { Environment } from '../../platform/environment.ts';
import type { StepKind } from '../steps/step-kind.ts';
import type { Journal } from './journal/journal.ts';

/** What every part of the engine works with; made once by the host. */
export type EngineContext = {
  readonly environment: Environment;
  readonly journal: Journal;
  readonly kinds: ReadonlyMap<string, StepKind>;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly version: string;
  /** Folder for rollback points that the settings name; null for the data folder's own. */
  readonly pointsFolder?: () => string | null;
  /** Stores the report of a run in the data folder before its traces are cleaned up. */
  readonly storeReport?: (runId: string) => Promise<void>;
};

export function nowText(context: EngineContext): string {
  return context.environment.clock.now().toISOString();
}
