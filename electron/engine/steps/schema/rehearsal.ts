import type { Finding } from '#shared/model/finding.ts';
import { type Catalog, DbFailure, type Endpoint, type RelationalSession } from '../../../drivers/relational.ts';
import type { World } from '../../plan/world.ts';
import { openPlanScratch } from '../plan-scratch.ts';
import type { ReadEnv, StepHead } from '../step-kind.ts';
import { withTransaction } from '../transaction.ts';
import type { Migration } from './migrations.ts';
import type { PlannedMigration, PlannedScript, PlannedStatement } from './plan-types.ts';
import { failedFinding, incompleteDown, lostRows } from './rehearsal-findings.ts';
import { planScript, runScript } from './script.ts';
import { noTimeouts, runInside, runOutside } from './statement-run.ts';
import { changesBetween, joinChanges, namesIn, type StructureChanges, structureOf } from './structure.ts';

export type Rehearsal = {
  readonly migrations: readonly PlannedMigration[];
  readonly before: Catalog;
  readonly after: Catalog;
  readonly findings: readonly Finding[];
  /** Hands the scratch copy on to later steps of the same target. */
  readonly result: readonly [name: string, endpoint: Endpoint];
};

/** A migration that is to run, from which statement on. */
export type Pending = { readonly migration: Migration; readonly startAt: number };

type Stage = {
  readonly scratch: RelationalSession;
  readonly step: StepHead;
  readonly env: ReadEnv;
  /** Of a long list only what a script names is looked at after each migration, the whole in the end. */
  readonly whole: boolean;
};

/** Runs the migrations, and their down scripts, on a scratch copy of the target. Nothing else is touched. */
export async function rehearse(
  step: StepHead,
  session: RelationalSession,
  pending: readonly Pending[],
  world: World,
  env: ReadEnv,
): Promise<Rehearsal> {
  const { session: scratch, result } = await openPlanScratch(session, step, world, env);
  try {
    const before = await scratch.catalog(null);
    const outcome = await runAll({ scratch, step, env, whole: pending.length <= 30 }, pending, before);
    return { ...outcome, before, result };
  } finally {
    await scratch[Symbol.asyncDispose]();
  }
}

/** The two directions of a migration as they run on this engine. Throws a DbFailure for what cannot run. */
export function planScripts(session: RelationalSession, migration: Migration) {
  const { engine } = session.endpoint;
  const { transactionalDdl } = session.can;
  const plan = (sql: string, noTransaction: boolean) => planScript(engine, sql, { noTransaction, transactionalDdl });
  return {
    upScript: plan(migration.up, migration.noTransaction.up),
    downScript: migration.down === null ? null : plan(migration.down, migration.noTransaction.down),
  };
}

async function runAll(
  stage: Stage,
  pending: readonly Pending[],
  start: Catalog,
): Promise<Pick<Rehearsal, 'migrations' | 'after' | 'findings'>> {
  const { scratch, step, env } = stage;
  const planned: PlannedMigration[] = [];
  const findings: Finding[] = [];
  for (const [at, one] of pending.entries()) {
    env.signal.throwIfAborted();
    env.report({ done: at, total: pending.length, unit: 'migrations', note: `Rehearsing ${one.migration.title}` });
    try {
      const result = await rehearseOne(stage, one);
      planned.push(result.planned);
      findings.push(...result.findings);
    } catch (error) {
      if (!(error instanceof DbFailure) || error.error.kind === 'space') throw error;
      findings.push(failedFinding(one.migration, 'up', error, step));
      break;
    }
  }
  const after = await scratch.catalog(null);
  return { migrations: attributeRest(planned, start, after), after, findings };
}

async function rehearseOne(
  stage: Stage,
  { migration, startAt }: Pending,
): Promise<{ readonly planned: PlannedMigration; readonly findings: readonly Finding[] }> {
  const { scratch, step, env } = stage;
  const scripts = planScripts(scratch, migration);
  const look = () => scratch.catalog(stage.whole ? null : namesIn(`${migration.up}\n${migration.down ?? ''}`));
  const before = await look();
  const started = env.environment.clock.monotonic();
  const up = await runFor(stage, migration.up, scripts.upScript, startAt);
  const tookMs = Math.round((env.environment.clock.monotonic() - started) * 10) / 10;
  const after = await look();
  const findings = lostRows(before, after, migration, step);
  const down = await tryDown(stage, migration, { ...scripts, upScript: up }, before, startAt, look);
  return {
    planned: {
      ...migration,
      upScript: up,
      downScript: down.script,
      startAt,
      statements: up.count,
      tookMs,
      changes: changesBetween(structureOf(before), structureOf(after)),
      makes: newTables(before, after),
    },
    findings: [...findings, ...down.findings],
  };
}

/** Runs a script for good, in its own way; a script of single statements comes back with what each one changed. */
async function runFor(stage: Stage, sql: string, script: PlannedScript, startAt: number): Promise<PlannedScript> {
  const { scratch, env } = stage;
  if (script.way === 'transaction') {
    await withTransaction(
      scratch,
      async (transaction) => {
        await runScript(scratch, transaction, sql);
        await transaction.commit(null, null);
      },
      'structure',
    );
    return script;
  }
  const statements: PlannedStatement[] = [...script.statements.slice(0, startAt)];
  for (const statement of script.statements.slice(startAt)) {
    env.signal.throwIfAborted();
    const names = namesIn(statement.text);
    const before = structureOf(await scratch.catalog(stage.whole ? null : names));
    await runStatement(scratch, statement);
    const after = structureOf(await scratch.catalog(stage.whole ? null : names));
    statements.push({ ...statement, changes: changesBetween(before, after) });
  }
  return { ...script, statements };
}

async function runStatement(scratch: RelationalSession, statement: PlannedStatement): Promise<void> {
  if (statement.runs === 'outside') {
    await runOutside(scratch, statement, noTimeouts);
    return;
  }
  await withTransaction(
    scratch,
    async (transaction) => {
      await runInside(scratch, transaction, statement, noTimeouts);
      await transaction.commit(null, null);
    },
    'structure',
  );
}

/**
 * The way back is known to work before it is needed: the down script runs in a transaction that is rolled back, or, where
 * there is none, for good and the up script after it once more.
 */
async function tryDown(
  stage: Stage,
  migration: Migration,
  scripts: { readonly upScript: PlannedScript; readonly downScript: PlannedScript | null },
  before: Catalog,
  startAt: number,
  look: () => Promise<Catalog>,
): Promise<{ readonly script: PlannedScript | null; readonly findings: readonly Finding[] }> {
  const { scratch, step, env } = stage;
  const { downScript } = scripts;
  // The other half of the migration ran before this plan; what its down script must bring back is not known.
  if (migration.down === null || downScript === null || startAt > 0) return { script: downScript, findings: [] };
  env.signal.throwIfAborted();
  try {
    if (downScript.way === 'transaction') {
      const left = await withTransaction(
        scratch,
        async (transaction) => {
          await runScript(scratch, transaction, migration.down!);
          return look();
        },
        'structure',
      );
      return { script: downScript, findings: incompleteDown(migration, before, left, step) };
    }
    const script = await runFor(stage, migration.down, downScript, 0);
    const findings = incompleteDown(migration, before, await look(), step);
    // What the down script leaves behind may keep the up script from running again.
    await runFor(stage, migration.up, scripts.upScript, 0).catch((error: unknown) => {
      if (findings.length === 0) throw error;
    });
    return { script, findings };
  } catch (error) {
    if (!(error instanceof DbFailure) || error.error.kind === 'space') throw error;
    return { script: downScript, findings: [failedFinding(migration, 'down', error, step)] };
  }
}

/** Changes that no script names, by a cascade or a function, are those of the last migration: all of them are accounted for. */
function attributeRest(
  migrations: readonly PlannedMigration[],
  start: Catalog,
  end: Catalog,
): readonly PlannedMigration[] {
  const last = migrations.at(-1);
  if (!last) return migrations;
  const told = joinChanges(migrations.map((migration) => migration.changes ?? {}));
  const whole = changesBetween(structureOf(start), structureOf(end));
  const rest: StructureChanges = Object.fromEntries(
    Object.entries(whole).filter(([object, change]) => told[object]?.after !== change.after),
  );
  if (Object.keys(rest).length === 0) return migrations;
  return [...migrations.slice(0, -1), { ...last, changes: joinChanges([last.changes ?? {}, rest]) }];
}

function newTables(before: Catalog, after: Catalog): Record<string, number> {
  const old = new Set(before.tables.map((table) => table.name));
  return Object.fromEntries(
    after.tables.filter((table) => !old.has(table.name)).map((table) => [table.name, table.rows]),
  );
}
