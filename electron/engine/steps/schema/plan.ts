import type { Touched } from '#shared/contract/plan.ts';
import { counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { UndoMode } from '#shared/model/run.ts';
import type { Catalog, RelationalSession } from '../../../drivers/relational.ts';
import { schemaChanges } from '../../plan/schema-changes.ts';
import { type World, type WorldTable, withTables } from '../../plan/world.ts';
import { withResult } from '../plan-scratch.ts';
import type { Planned, ReadEnv, StepHead } from '../step-kind.ts';
import { type Adoptable, type ForeignTracking, findForeignTracking } from './adoption.ts';
import { lockFindings, statementEffects } from './locks.ts';
import { type Migration, migrationsFolder, readMigrations } from './migrations.ts';
import { adoptionConsents, adoptionFindings, enumFindings, statusFindings } from './plan-findings.ts';
import type { SchemaPlan, TakenOver } from './plan-types.ts';
import type { Pending } from './rehearsal.ts';
import { type Rehearsed, rehearseOrRead } from './rehearse-or-read.ts';
import type { SchemaSpec } from './spec.ts';
import { isPending, type MigrationStatus, migrationStatus } from './status.ts';
import { structureOf } from './structure.ts';
import { type AppliedMigration, readApplied } from './tracking.ts';
import { commitText, downText, noWayBackText } from './words.ts';

export type { PlannedMigration, SchemaPlan } from './plan-types.ts';

/** Compares the bundle with the target, and rehearses what is pending on a scratch copy of the target. */
export async function planSchema(
  spec: SchemaSpec,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<Planned<SchemaPlan>> {
  const session = await env.session(spec.target);
  const migrations = migrationsFor(spec, session.endpoint.engine, env);
  const standing = await standingOf(session, migrations, spec.baseline);
  const { status } = standing;
  const pending = status.filter(isPending).map(
    (entry): Pending => ({
      migration: entry.migration!,
      startAt: entry.state === 'partial' ? (entry.applied!.statements ?? 0) : 0,
    }),
  );
  const rehearsed = await rehearseOrRead(spec, step, session, pending, world, env);
  const plan: SchemaPlan = {
    target: spec.target,
    tracked: standing.applied !== null,
    rehearsed: rehearsed.result !== null,
    before: structureOf(rehearsed.target),
    pending: rehearsed.migrations,
    takenOver: takenOver(status),
    applied: status.filter((entry) => entry.state === 'applied').map(({ id, name }) => ({ id, name })),
  };
  const undo = undoOf(spec, plan);
  const adopted = new Set(status.filter((entry) => entry.state === 'adopted').map((entry) => entry.id));
  const effects = statementEffects(session.endpoint.engine, plan.pending);
  const touches = touchesOf(spec, rehearsed, effects);
  return {
    plan,
    touches,
    touchesText: touchesText(plan, touches),
    amount: plan.pending.reduce((sum, migration) => sum + migration.statements - migration.startAt, 0),
    unit: 'statements',
    bytes: null,
    estimate: estimateOf(plan),
    rowsPerSecond: null,
    findings: [
      ...statusFindings(status, step),
      ...adoptionFindings(standing.foreign, adopted, step),
      ...rehearsed.findings,
      ...lockFindings(effects, rehearsed.target, env.policy.timeouts, step),
      ...(session.endpoint.engine === 'postgres' ? enumFindings(plan.pending, step) : []),
      ...wayBackFindings(plan, undo, step),
    ],
    undo,
    undoText: undo === 'down' ? downText(plan) : undoTextWithoutDown(plan),
    commit: plan.pending.some((migration) => migration.upScript.way === 'statements') ? 'probe' : commitOf(session),
    commitText: commitText(plan, session.can.transactionalDdl),
    readBy: readBy(session, plan.rehearsed),
    types: [],
    reads: [],
    space: [],
    consents: adoptionConsents(standing.foreign, adopted, (standing.applied?.length ?? 0) > 0, step),
    after: worldAfter(world, spec.target, step, rehearsed),
  };
}

/** The bundle's migrations for an engine; that they can be read was checked when the profile was. */
export function migrationsFor(
  spec: Pick<SchemaSpec, 'migrations'>,
  engine: string,
  env: Pick<ReadEnv, 'files'>,
): readonly Migration[] {
  const folder = migrationsFolder(env.files, spec.migrations, engine);
  const read = folder === null ? null : readMigrations(env.files, folder);
  if (!read || 'problems' in read) throw new Error(`Migrations in ${spec.migrations} were not checked for ${engine}.`);
  return read.migrations;
}

/** What bundle and target say of each other. `applied` is null when our table is not there. */
export type Standing = {
  readonly status: readonly MigrationStatus[];
  readonly applied: readonly AppliedMigration[] | null;
  readonly foreign: readonly ForeignTracking[];
};

export async function standingOf(
  session: RelationalSession,
  migrations: readonly Migration[],
  baseline: string | null,
): Promise<Standing> {
  const applied = await readApplied(session);
  const foreign = await findForeignTracking(session, migrations);
  const adopted = new Map<string, Adoptable>();
  for (const { adoptable } of foreign)
    for (const one of adoptable.values()) if (!adopted.has(one.id)) adopted.set(one.id, one);
  return { status: migrationStatus(migrations, applied ?? [], { baseline, adopted }), applied, foreign };
}

function takenOver(status: readonly MigrationStatus[]): TakenOver[] {
  return status.flatMap(({ state, migration, appliedAt }): TakenOver[] => {
    if ((state !== 'adopted' && state !== 'baseline') || !migration) return [];
    const { id, name, checksum } = migration;
    return [{ id, name, checksum, appliedAt: (appliedAt ?? '').slice(0, 40), state }];
  });
}

function undoOf(spec: SchemaSpec, plan: SchemaPlan): UndoMode {
  if (spec.undo !== 'down') return spec.undo;
  return plan.pending.every((migration) => migration.down !== null) ? 'down' : 'none';
}

function undoTextWithoutDown(plan: SchemaPlan): string {
  const without = plan.pending.filter((migration) => migration.down === null);
  return without.length > 0
    ? noWayBackText(without.map((migration) => migration.title))
    : 'The way back is the rollback point.';
}

function wayBackFindings(plan: SchemaPlan, undo: UndoMode, step: StepHead): Finding[] {
  if (undo !== 'none') return [];
  return [
    makeFinding({
      severity: 'warning',
      category: 'no_way_back',
      step: step.id,
      message: undoTextWithoutDown(plan),
      suggestion: `Add the down scripts, or give the consent no-way-back-${step.id}.`,
    }),
  ];
}

function estimateOf(plan: SchemaPlan): Planned<SchemaPlan>['estimate'] {
  if (plan.pending.length === 0) return { low: 0, likely: 0, high: 0, basis: 'nothing to do' };
  if (!plan.rehearsed) return null;
  const seconds = plan.pending.reduce((sum, migration) => sum + migration.tookMs, 0) / 1000;
  return {
    low: seconds,
    likely: seconds * 1.5 + 0.02 * plan.pending.length,
    high: seconds * 4 + 0.2 * plan.pending.length,
    basis: 'rehearsed on a scratch copy of the target',
  };
}

function commitOf(session: RelationalSession) {
  return session.can.transactionalDdl ? 'target_transaction' : 'probe';
}

/** Objects that change, with the size of those that are there; without a rehearsal as far as the statements name them. */
function touchesOf(spec: SchemaSpec, rehearsed: Rehearsed, effects: ReturnType<typeof statementEffects>): Touched[] {
  const sizes = new Map(rehearsed.target.tables.map((table) => [table.name, table]));
  const sized = (object: string, how: Touched['how']): Touched => {
    const table = sizes.get(object);
    return {
      connection: spec.target,
      object,
      how,
      rows: how === 'create' ? null : (table?.rows ?? null),
      bytes: how === 'create' ? null : (table?.details?.bytes ?? null),
    };
  };
  if (rehearsed.result === null) {
    const named = new Map(effects.filter((effect) => effect.table !== '').map((effect) => [effect.table, effect]));
    return [...named.values()].map((effect) => sized(effect.table, sizes.has(effect.table) ? 'alter' : 'create'));
  }
  return schemaChanges(rehearsed.before, rehearsed.after).map((change) =>
    sized(change.object, change.change === 'new' ? 'create' : change.change === 'dropped' ? 'drop' : 'alter'),
  );
}

function touchesText(plan: SchemaPlan, touches: readonly Touched[]): string {
  if (plan.pending.length === 0) return 'nothing to do, all migrations are applied';
  const made = touches.filter((touch) => touch.how === 'create').length;
  const other = touches.length - made;
  const parts = [
    made > 0 ? `creates ${counted(made, 'object')}` : '',
    other > 0 ? `changes ${counted(other, 'object')}` : '',
  ];
  return `${counted(plan.pending.length, 'migration')}: ${parts.filter((part) => part !== '').join(', ') || 'data only'}`;
}

function readBy(session: RelationalSession, rehearsed: boolean): string {
  const how = {
    role: 'a role that can only read',
    session: 'a read-only session',
    file: 'the file opened read-only',
    copy: 'a private copy of the file',
  } as const;
  return `structure read through ${how[session.can.readOnlyBy]}; ${rehearsed ? 'rehearsed in scratch' : 'not rehearsed'}`;
}

function worldAfter(world: World, target: string, step: StepHead, { before, after, result }: Rehearsed): World {
  if (result === null) return world;
  const changes = new Map<string, WorldTable | null>();
  const had = world.tables.get(target);
  const old = new Map(before.tables.map((table: Catalog['tables'][number]) => [table.name, table]));
  for (const table of before.tables) changes.set(table.name, null);
  for (const info of after.tables) {
    const known = had?.get(info.name);
    const madeBy = known?.madeBy ?? (old.has(info.name) ? null : step.id);
    changes.set(info.name, { info, madeBy, rows: known?.rows ?? info.rows });
  }
  return withResult(withTables(world, target, changes), result);
}
