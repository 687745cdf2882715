import type { MigrationsView } from '#shared/contract/migrations.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import { targetText } from '../../profile/endpoint.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { driftOf } from '../../steps/schema/drift.ts';
import { migrationsFor, type Standing, standingOf } from '../../steps/schema/plan.ts';
import { adoptionFindings, statusFindings } from '../../steps/schema/plan-findings.ts';
import { type OpenedBundle, openSchemaSteps, type SchemaStep, withSessions } from './schema-steps.ts';

/** What bundle and target say of each other, for every schema step. Reads only. */
export async function migrationsStatus(
  context: EngineContext,
  path: string,
  signal = new AbortController().signal,
): Promise<MigrationsView[]> {
  const opened = await openSchemaSteps(context, path);
  return withSessions(context, opened, 'read', signal, async (pool) => {
    const views: MigrationsView[] = [];
    for (const step of opened.steps) {
      const where = targetText(await pool.endpoint(pool.connection(step.spec.target)));
      views.push(await viewOf(opened, step, where, await pool.tables(step.spec.target)));
    }
    return views;
  });
}

async function viewOf(
  opened: OpenedBundle,
  step: SchemaStep,
  where: string,
  session: RelationalSession,
): Promise<MigrationsView> {
  const { spec } = step;
  const migrations = migrationsFor(spec, session.endpoint.engine, { files: opened.bundle.files });
  const standing = await standingOf(session, migrations, spec.baseline);
  const drift = driftOf(standing.applied ?? [], await session.catalog(null));
  const head = { id: step.id, ord: step.ord, needs: [] };
  const adopted = new Set(standing.status.filter((entry) => entry.state === 'adopted').map((entry) => entry.id));
  return {
    step: step.id,
    target: spec.target,
    engine: session.endpoint.engine,
    where,
    tracked: standing.applied !== null,
    migrations: rowsOf(standing),
    drift: drift.objects.map((one) => ({ ...one })),
    withoutStructure: drift.unknown,
    findings: [
      ...statusFindings(standing.status, head).filter((finding) => finding.severity !== 'info'),
      ...adoptionFindings(standing.foreign, adopted, head),
    ],
  };
}

function rowsOf({ status }: Standing): MigrationsView['migrations'] {
  return status.map(({ id, title, state, migration, applied, appliedAt }) => ({
    id,
    title,
    state: state === 'applied' && applied && applied.state !== 'applied' ? (applied.state as typeof state) : state,
    appliedAt: appliedAt === '' ? null : appliedAt,
    runId: applied?.runId ?? null,
    file: migration?.file ?? null,
    hasDown: migration !== null && migration.down !== null,
    statementsDone: state === 'partial' || state === 'undoing' ? (applied?.statements ?? 0) : null,
  }));
}
