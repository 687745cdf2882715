import type { Services } from '#shared/contract/services.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { rollBackMigrations } from './rollback.ts';
import { migrationsStatus } from './status.ts';

/** Migrations of a bundle's `schema` steps, without a run. */
export function createMigrationsServices(context: EngineContext): Services['migrations'] {
  return {
    status: ({ path }, { signal }) => migrationsStatus(context, path, signal),
    rollback: (input, { signal }) => rollBackMigrations(context, input, signal),
  };
}
