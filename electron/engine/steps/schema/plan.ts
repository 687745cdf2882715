import type { Touched } from '#shared/contract/plan.ts';
import { counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { UndoMode } from '#shared/model/run.ts';
import type { Catalog, RelationalSession } from '../../../drivers/relational.ts';
import { schemaChanges } from '../../plan/schema-changes.ts';
import { type World, type WorldTable, withTables } from '../../plan/world.ts';
import { withResult } from '../plan-scratch.ts';
import type { Planned, ReadEnv, StepHead } from '../step-kind.ts';
import { type Migration, readMigrations } from './migrations.ts';
import { rehearse } from './rehearsal.ts';
import type { SchemaSpec } from './spec.ts';
import { type MigrationStatus, migrationStatus } from './status.ts';
import type { Structure } from './structure.ts';
import { readApplied } from './tracking.ts';
import { commitText, downText, noWayBackText } from './words.ts';

/** A migration with what the rehearsal saw: the structure before and after it, and how many rows its new tables hold. */
export type PlannedMigration = Migration & {
  readonly statements: number;
  readonly tookMs: number;
  readonly before: Structure;
  readonly after: Structure;
  /** Tables that it makes, with the rows that the script itself puts into them. */
  readonly makes: Readonly<Record<string, number>>;
};

export type SchemaPlan = {
  readonly target: string;
  /** Whether `overland_migrations` was there before this step. */
  readonly tracked: boolean;
  readonly pending: readonly PlannedMigration[];
  readonly applied: readonly { readonly id: string; readonly name: string }[];
};

/** Rehearses the pending migrations on a scratch copy of the target. */
export async function planSchema(
  spec: SchemaSpec,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<Planned<SchemaPlan>> {
  const read = readMigrations(env.files, spec.migrations);
  if ('problems' in read) throw new Error(`Migrations of ${step.id} were not checked before they were planned.`);
  const session = await env.session(spec.target);
  const applied = await readApplied(session);
  const status = migrationStatus(read.migrations, applied ?? []);
  const pending = status.filter((entry) => entry.state === 'pending' || entry.state === 'out_of_order');
  const rehearsed = await rehearse(
    step,
    session,
    pending.map((entry) => entry.migration!),
    world,
    env,
  );
  const plan: SchemaPlan = {
    target: spec.target,
    tracked: applied !== null,
    pending: rehearsed.migrations,
    applied: status.filter((entry) => entry.state === 'applied').map(({ id, name }) => ({ id, name })),
  };
  const undo = undoOf(spec, plan);
  const statements = plan.pending.reduce((sum, migration) => sum + migration.statements, 0);
  const changes = schemaChanges(rehearsed.before, rehearsed.after);
  const touches: Touched[] = changes.map((change) => ({
    connection: spec.target,
    object: change.object,
    how: change.change === 'new' ? 'create' : change.change === 'dropped' ? 'drop' : 'alter',
    rows: null,
    bytes: null,
  }));
  const seconds = plan.pending.reduce((sum, migration) => sum + migration.tookMs, 0) / 1000;
  return {
    plan,
    touches,
    touchesText: touchesText(plan, touches),
    amount: statements,
    unit: 'statements',
    bytes: null,
    estimate:
      plan.pending.length === 0
        ? { low: 0, likely: 0, high: 0, basis: 'nothing to do' }
        : {
            low: seconds,
            likely: seconds * 1.5 + 0.02 * plan.pending.length,
            high: seconds * 4 + 0.2 * plan.pending.length,
            basis: 'rehearsed on a scratch copy of the target',
          },
    rowsPerSecond: null,
    findings: [...statusFindings(status, step), ...rehearsed.findings, ...wayBackFindings(plan, undo, step)],
    undo,
    undoText: undo === 'down' ? downText : undoTextWithoutDown(plan),
    commit: session.can.transactionalDdl ? 'target_transaction' : 'probe',
    commitText,
    readBy: readBy(session),
    types: [],
    reads: [],
    space: [],
    after: worldAfter(world, spec.target, step, rehearsed.before, rehearsed.after, rehearsed.result),
  };
}

function undoOf(spec: SchemaSpec, plan: SchemaPlan): UndoMode {
  if (spec.undo !== 'down') return spec.undo;
  return plan.pending.every((migration) => migration.down !== null) ? 'down' : 'none';
}

function undoTextWithoutDown(plan: SchemaPlan): string {
  const without = plan.pending.filter((migration) => migration.down === null);
  return without.length > 0
    ? noWayBackText(without.map((migration) => `${migration.id}_${migration.name}`))
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

function statusFindings(status: readonly MigrationStatus[], step: StepHead): Finding[] {
  const done = status.filter((entry) => entry.state === 'applied');
  const findings = status.flatMap((entry) => {
    const finding = statusFinding(entry, step);
    return finding ? [finding] : [];
  });
  if (done.length === 0) return findings;
  return [
    makeFinding({
      severity: 'info',
      category: 'migration_applied',
      step: step.id,
      message: `${counted(done.length, 'migration')} already applied: ${done.map((entry) => entry.id).join(', ')}. Skipped.`,
      count: done.length,
    }),
    ...findings,
  ];
}

function statusFinding(entry: MigrationStatus, step: StepHead): Finding | null {
  const name = `${entry.id}_${entry.name}`;
  switch (entry.state) {
    case 'pending':
    case 'applied':
      return null;
    case 'changed':
      return makeFinding({
        severity: 'error',
        category: 'migration_changed',
        step: step.id,
        path: entry.migration!.file,
        message: `Migration ${name} was applied at ${entry.appliedAt} with another text.`,
        suggestion: 'Bring back the text that was applied and put the change into a new migration.',
      });
    case 'missing':
      return makeFinding({
        severity: 'warning',
        category: 'migration_missing',
        step: step.id,
        message: `Migration ${name} is applied in the target and not in the bundle.`,
        suggestion: 'Check that the bundle belongs to this target.',
      });
    case 'out_of_order':
      return makeFinding({
        severity: 'warning',
        category: 'migration_out_of_order',
        step: step.id,
        path: entry.migration!.file,
        message: `Migration ${name} is not applied although later ones are.`,
        suggestion: 'It will be applied now; check that the later ones do not rest on its absence.',
      });
  }
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

function readBy(session: RelationalSession): string {
  const how = {
    role: 'a role that can only read',
    session: 'a read-only session',
    file: 'the file opened read-only',
    copy: 'a private copy of the file',
  } as const;
  return `structure read through ${how[session.can.readOnlyBy]}; rehearsed in scratch`;
}

function worldAfter(
  world: World,
  target: string,
  step: StepHead,
  before: Catalog,
  after: Catalog,
  result: readonly [string, unknown],
): World {
  const changes = new Map<string, WorldTable | null>();
  const had = world.tables.get(target);
  const old = new Map(before.tables.map((table) => [table.name, table]));
  for (const table of before.tables) changes.set(table.name, null);
  for (const info of after.tables) {
    const known = had?.get(info.name);
    const madeBy = known?.madeBy ?? (old.has(info.name) ? null : step.id);
    changes.set(info.name, { info, madeBy, rows: known?.rows ?? info.rows });
  }
  return withResult(withTables(world, target, changes), result);
}
