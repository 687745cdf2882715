import type { Touched } from '#shared/contract/plan.ts';
import type { ConsentNeed } from '#shared/model/error.ts';
import { counted, figure } from '#shared/model/figures.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { RelationalSession } from '../../../../drivers/relational.ts';
import { type World, type WorldTable, withTables } from '../../../plan/world.ts';
import type { Planned, ReadEnv, StepHead } from '../../step-kind.ts';
import { readByText } from '../words.ts';
import { actionsOf } from './actions.ts';
import { chooseTables, leftBehind, schemaOf } from './choose.ts';
import { type CompiledTable, tryCompileTable } from './compiled-table.ts';
import { draftTables } from './design.ts';
import { circleFindings, filledFindings, forecastFindings, notCarriedFindings, ruleProblems } from './findings.ts';
import { forecastSeconds, forecastTable, type TableForecast } from './forecast.ts';
import type { WholePlan, WholeTable } from './plan-types.ts';
import type { WholeSpec } from './spec-types.ts';
import { wholeTypeTable } from './type-table.ts';
import { wholeCommitText, wholeProbeText } from './words.ts';

/** A table without a key is copied in one transaction where its rows cannot be counted off; above this it needs consent. */
const largeRows = 1_000_000;
const fewestRows = 1_000;
/** Records whose speed says something about a whole range. */
const enoughRecords = 10_000;
/** Writing takes about so many times as long as reading and converting; not measured, and said so. */
const writeFactor = 2.5;

/** What the step misses in its source, before anything is planned. */
export async function examineWhole(spec: WholeSpec, step: StepHead, source: RelationalSession): Promise<Finding[]> {
  if (source.endpoint.name !== spec.source.connection) return [];
  return [...(await chooseTables(spec, step, source)).findings];
}

/** Chooses the tables, designs them in the words of the target, and takes the data through the conversion up to a limit. */
export async function planWhole(
  spec: WholeSpec,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<Planned<WholePlan>> {
  const source = await env.session(spec.source.connection);
  const target = await env.session(spec.target.connection);
  const chosen = await chooseTables(spec, step, source);
  const wrong = [...chosen.findings, ...schemaOf(spec.target, target, step, `${spec.key}.target.schema`)];
  if (wrong.length > 0) return notPlanned(spec, step, world, source, target, wrong);
  const there = world.tables.get(spec.target.connection) ?? new Map<string, WorldTable>();
  const drafted = await draftTables(spec, step, chosen.tables, there, source, target, env);
  if ('findings' in drafted) return notPlanned(spec, step, world, source, target, drafted.findings);
  const compiled: CompiledTable[] = [];
  const problems: Finding[] = [];
  for (const table of drafted.tables) {
    const result = tryCompileTable(spec, table, env);
    if ('compiled' in result) compiled.push(result.compiled);
    else problems.push(...ruleProblems(result.problems, table, step, spec));
  }
  if (problems.length > 0) return notPlanned(spec, step, world, source, target, problems);
  const seen = await forecastAll(compiled, source, target.endpoint.engine, env);
  const tables = drafted.tables.map((table, at) => measured(table, seen[at]!, env));
  const actions = actionsOf(
    spec,
    target.endpoint.engine,
    tables.map((table) => table.copy),
  );
  const plan: WholePlan = { form: 'whole', spec, target: target.endpoint.engine, tables, ...actions };
  const findings = [
    ...filledFindings(plan, step),
    ...forecastFindings(plan, seen, step, env),
    ...circleFindings(plan, drafted.circles, step),
    ...notCarriedFindings(plan, chosen.tables, step),
    ...leftBehind(chosen, step),
  ];
  return planned(plan, seen, step, world, source, target, findings);
}

async function forecastAll(
  compiled: readonly CompiledTable[],
  source: RelationalSession,
  engine: WholePlan['target'],
  env: ReadEnv,
): Promise<TableForecast[]> {
  const total = compiled.reduce((sum, { table }) => sum + table.records, 0);
  const seen: TableForecast[] = [];
  let done = 0;
  let left = forecastSeconds;
  for (const [at, one] of compiled.entries()) {
    const share = Math.max(left / (compiled.length - at), 0.2);
    const note = `Reading ${one.table.copy.source}`;
    const before = done;
    const result = await forecastTable(one, source, engine, share, env, (records) =>
      env.report({ done: before + records, total, unit: 'rows', note }),
    );
    done += one.table.records;
    left -= result.seconds;
    seen.push(result);
  }
  return seen;
}

/** So many records that a range takes about the policy's seconds, in steps of a thousand. */
function measured(table: WholeTable, seen: TableForecast, env: ReadEnv): WholeTable {
  const { rows, seconds } = env.policy.chunk;
  const records = seen.sampled ? table.records : seen.records;
  if (seen.records < enoughRecords) return { ...table, records };
  const each = (seen.seconds * writeFactor) / seen.records;
  const fitting = Math.floor(seconds / each / fewestRows) * fewestRows;
  return { ...table, records, chunk: { ...table.chunk, rows: Math.min(rows, Math.max(fitting, fewestRows)) } };
}

function planned(
  plan: WholePlan,
  seen: readonly TableForecast[],
  step: StepHead,
  world: World,
  source: RelationalSession,
  target: RelationalSession,
  findings: readonly Finding[],
): Planned<WholePlan> {
  const { spec, tables } = plan;
  const scale = tables.map((table, at) => (seen[at]!.records === 0 ? 0 : table.records / seen[at]!.records));
  const sum = (of: (one: TableForecast) => number) =>
    seen.reduce((total, one, at) => total + of(one) * (scale[at] ?? 0), 0);
  const records = tables.reduce((total, table) => total + table.records, 0);
  const bytes = Math.round(sum((one) => one.bytes));
  const seconds = sum((one) => one.seconds);
  const touches: Touched[] = tables.map((table, at) => ({
    connection: spec.target.connection,
    object: table.copy.target,
    how: touch[spec.target.mode],
    rows: Math.round(seen[at]!.accepted * (scale[at] ?? 0)),
    bytes: Math.round(seen[at]!.bytes * (scale[at] ?? 0)),
  }));
  const exact = seen.every((one) => !one.sampled);
  const read = seen.reduce((total, one) => total + one.records, 0);
  const basis = exact
    ? `read in full, ${counted(read, 'record')}, and converted`
    : `sample of ${figure(read)} of ${figure(records)} records, read and converted`;
  const enough = read >= 50 && seconds > 0;
  return {
    plan,
    touches,
    touchesText: `${counted(tables.length, 'table')} of ${spec.source.connection} to ${spec.target.connection}`,
    amount: records,
    unit: 'rows',
    bytes,
    estimate: enough
      ? {
          low: seconds * 1.2,
          likely: seconds * (1 + writeFactor) + 0.1 * tables.length,
          high: seconds * 8 + 1 + tables.length,
          basis: `${basis}; write speed not measured`,
        }
      : null,
    rowsPerSecond: enough ? Math.round(records / (seconds * (1 + writeFactor))) : null,
    findings,
    undo: spec.undo,
    undoText: undoText(plan),
    commit: target.can.transactionalDdl ? 'target_transaction' : 'probe',
    commitText: target.can.transactionalDdl ? wholeCommitText : wholeProbeText,
    readBy: readByText(source),
    types: wholeTypeTable(plan, seen),
    reads: tables.map((table) => `${spec.source.connection}.${table.copy.source}.*`),
    space: [{ connection: spec.target.connection, bytes: Math.round(bytes * 1.5), purpose: `rows of ${step.id}` }],
    consents: consentsOf(plan, step, source),
    after: worldAfter(plan, step, world, touches),
  };
}

const touch = { create: 'create', insert: 'insert', upsert: 'update', replace: 'replace' } as const;

function undoText({ spec, tables }: WholePlan): string {
  const filled = tables.filter((table) => table.keep === 'written').length;
  switch (spec.undo) {
    case 'drop_created':
      return 'Drops the tables that the run made, after a look whether they hold what it wrote and nothing else; rows of others are shown, not dropped.';
    case 'delete_written':
      return filled > 0
        ? 'Deletes the rows whose keys were kept as they were written; a row changed since is shown, not removed.'
        : 'Reads the source again and deletes each row that is still as it was written; a row changed since is shown, not removed.';
    case 'preimages':
      return 'Brings back the rows as they were before, from what each range kept.';
    case 'restore':
      return 'The way back is the rollback point.';
    case 'none':
      return `Nothing brings back ${counted(tables.length, 'table')} as they were.`;
  }
}

function consentsOf({ spec, tables }: WholePlan, step: StepHead, source: RelationalSession): ConsentNeed[] {
  const needs: ConsentNeed[] = [];
  const replaced = tables.filter((table) => table.rowsBefore > 0).map((table) => table.copy.target);
  if (spec.target.mode === 'replace' && replaced.length > 0) {
    const text = `Step ${step.id} puts rows in the place of others in ${replaced.join(', ')}.`;
    needs.push({ name: `replace-${step.id}`, step: step.id, text, typed: null });
  }
  const whole = tables
    .filter((table) => table.records > largeRows && (table.inOne || inOneTransaction(table, source)))
    .map((table) => table.copy.source);
  if (whole.length > 0) {
    const text = `Step ${step.id} copies ${whole.join(', ')} in one transaction each: a stop or a failure begins such a table again.`;
    needs.push({ name: `one-transaction-${step.id}`, step: step.id, text, typed: null });
  }
  return needs;
}

/** Rows without a key have an address of their own in the other engines. */
function inOneTransaction(table: WholeTable, source: RelationalSession): boolean {
  return table.sourceKey.length === 0 && source.endpoint.engine === 'mysql';
}

function worldAfter(plan: WholePlan, step: StepHead, world: World, touches: readonly Touched[]): World {
  const { connection, mode } = plan.spec.target;
  const changes = new Map<string, WorldTable>();
  for (const [at, { copy, info, rowsBefore }] of plan.tables.entries()) {
    const madeBy = mode === 'create' ? step.id : (world.tables.get(connection)?.get(copy.target)?.madeBy ?? null);
    changes.set(copy.target, { info, madeBy, rows: rowsBefore + (touches[at]?.rows ?? 0) });
  }
  return withTables(world, connection, changes);
}

/** The step cannot run as it stands; its findings say why, and the world stays as it was. */
function notPlanned(
  spec: WholeSpec,
  step: StepHead,
  world: World,
  source: RelationalSession,
  target: RelationalSession,
  findings: readonly Finding[],
): Planned<WholePlan> {
  return {
    plan: { form: 'whole', spec, target: target.endpoint.engine, tables: [], make: [], finish: [] },
    touches: [],
    touchesText: `${spec.source.connection}: ${counted(findings.length, 'problem')}`,
    amount: 0,
    unit: 'rows',
    bytes: null,
    estimate: null,
    rowsPerSecond: null,
    findings: findings.map((finding) => ({ ...finding, step: step.id })),
    undo: spec.undo,
    undoText: 'Nothing is written.',
    commit: 'target_transaction',
    commitText: wholeCommitText,
    readBy: readByText(source),
    types: [],
    reads: [],
    space: [],
    after: world,
  };
}
