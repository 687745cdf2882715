import type { Finding } from '#shared/model/finding.ts';
import type { CanonicalType } from '#shared/model/value.ts';
import type { ColumnInfo, Engine, RelationalSession, TableInfo } from '../../../../drivers/relational.ts';
import { dialectOf } from '../../../copy/dialects.ts';
import { designTables } from '../../../copy/plan-types.ts';
import type { PlannedTable } from '../../../copy/types.ts';
import type { WorldTable } from '../../../plan/world.ts';
import { RowDigest } from '../../../values/digest.ts';
import type { ReadEnv, StepHead } from '../../step-kind.ts';
import { quoteName } from '../../transaction.ts';
import { referencesTo } from '../targets.ts';
import { canonicalOf } from './canonical.ts';
import { critical } from './choose.ts';
import { digestOfTable } from './expected-digest.ts';
import { inOrder } from './order.ts';
import type { WholeTable } from './plan-types.ts';
import type { TableRule, WholeSpec } from './spec-types.ts';

export type Drafted = { readonly tables: readonly WholeTable[]; readonly circles: readonly (readonly string[])[] };

/** What every table becomes in the target; measured figures come later. */
export async function draftTables(
  spec: WholeSpec,
  step: StepHead,
  chosen: readonly TableInfo[],
  there: ReadonlyMap<string, WorldTable>,
  source: RelationalSession,
  target: RelationalSession,
  env: ReadEnv,
): Promise<Drafted | { readonly findings: readonly Finding[] }> {
  const made = spec.target.mode === 'create';
  const renames = new Map(spec.tables.flatMap(({ table, rename }) => (rename === null ? [] : [[table, rename]])));
  const findings = presenceFindings(spec, step, chosen, renames, there);
  if (findings.length > 0) return { findings };
  const { ordered, circles } = inOrder(chosen);
  const longest = target.endpoint.engine === 'mysql' ? await longestTexts(ordered, source, env) : null;
  const design = designTables({
    source: source.endpoint.engine,
    target: target.endpoint.engine,
    tables: ordered,
    rules: spec.types,
    renames,
    taken: made ? takenNames(there) : [],
    ...(longest ? { longest: (table, column) => longest.get(`${table}.${column}`) ?? null } : {}),
    ...(made ? {} : { existing: new Map([...there].map(([name, table]) => [name, table.info])) }),
  });
  if (design.problems.length > 0) {
    return {
      findings: design.problems.map(({ table, column, code, message, advice, rule }) =>
        critical(step, code, column === null ? table : `${table}.${column}`, message, advice, rule),
      ),
    };
  }
  const tables: WholeTable[] = [];
  const infos = new Map<string, WorldTable>(there);
  for (const copy of design.tables)
    if (made) infos.set(copy.target, { info: infoOf(copy, target.endpoint.engine), madeBy: step.id, rows: 0 });
  for (const [at, copy] of design.tables.entries()) {
    const from = ordered[at]!;
    const rule = spec.tables.find((one) => one.table === from.name) ?? null;
    const draft = await draftTable(spec, copy, from, rule, infos, target, env);
    const wrong = keyFindings(spec, step, draft);
    if (wrong.length > 0) findings.push(...wrong);
    tables.push(draft);
  }
  return findings.length > 0 ? { findings } : { tables, circles };
}

async function draftTable(
  spec: WholeSpec,
  copy: PlannedTable,
  from: TableInfo,
  rule: TableRule | null,
  infos: ReadonlyMap<string, WorldTable>,
  target: RelationalSession,
  env: ReadEnv,
): Promise<WholeTable> {
  const { mode } = spec.target;
  const known = infos.get(copy.target)!;
  const sourceKey = rule?.keyColumns ?? keyOf(from);
  const names = new Map(copy.columns.map((column) => [column.source, column.target]));
  const rowsBefore = mode === 'create' ? 0 : (known.rows ?? 0);
  const types = new Map(from.columns.map((column) => [column.name, column.type]));
  const comparable = copy.columns.filter((column) => column.comparable).map((column) => column.target);
  const readable = known.madeBy === null && mode === 'insert' && rowsBefore > 0;
  const empty = rowsBefore === 0 || mode === 'create';
  return {
    copy,
    sourceColumns: copy.columns.map(({ source }) => ({ name: source, type: types.get(source) as CanonicalType })),
    sourceKey,
    targetKey: sourceKey.map((name) => names.get(name) ?? name),
    info: known.info,
    rowsBefore,
    digestBefore: empty
      ? new RowDigest().toText()
      : readable
        ? (await digestOfTable(target, { table: copy.target, comparable }, env.signal)).toText()
        : null,
    keep: mode === 'create' || (mode === 'insert' && empty) ? 'nothing' : mode === 'insert' ? 'written' : 'preimages',
    referredBy: referencesTo(known.info, infos),
    inOne: rule?.chunk === 'whole_table',
    chunk: { rows: env.policy.chunk.rows, bytes: env.policy.chunk.bytes },
    records: from.rows,
  };
}

/** The primary key, else a unique key without null; empty when there is neither. */
function keyOf(table: TableInfo): readonly string[] {
  if (table.primaryKey.length > 0) return table.primaryKey;
  const required = new Set(table.columns.filter((column) => !column.nullable).map((column) => column.name));
  return table.uniques.find((columns) => columns.every((name) => required.has(name))) ?? [];
}

function keyFindings(spec: WholeSpec, step: StepHead, table: WholeTable): Finding[] {
  const { mode } = spec.target;
  const { copy, targetKey, keep } = table;
  const unread = table.sourceKey.filter((name) => !copy.columns.some((column) => column.source === name));
  if (unread.length > 0) {
    const message = `${copy.source} is named by ${unread.join(', ')}, which the source computes and a copy does not write.`;
    return [critical(step, 'key_not_written', copy.source, message, 'Name another key at the table.', spec.key)];
  }
  if (targetKey.length > 0 || mode === 'create') return [];
  const advice = `Name the columns at ${spec.key}.tables.${copy.source}.key, or leave the table out by except.`;
  if (mode === 'insert') {
    if (keep === 'nothing' || spec.undo === 'restore' || spec.undo === 'none') return [];
    const message = `${copy.source} has no key and ${copy.target} holds rows already, so what is added could not be told from them.`;
    return [critical(step, 'no_key', copy.source, message, `${advice} Or undo by "restore".`, `${spec.key}.undo`)];
  }
  const message = `${copy.source} has no key, so mode ${mode} cannot find its rows in ${copy.target}.`;
  return [critical(step, 'no_key', copy.source, message, advice, `${spec.key}.target.mode`)];
}

function presenceFindings(
  spec: WholeSpec,
  step: StepHead,
  chosen: readonly TableInfo[],
  renames: ReadonlyMap<string, string>,
  there: ReadonlyMap<string, WorldTable>,
): Finding[] {
  const { mode, connection } = spec.target;
  const rule = `${spec.key}.target.mode`;
  return chosen.flatMap(({ name }) => {
    const wanted = renames.get(name) ?? name;
    const path = `${connection}.${wanted}`;
    if (mode === 'create' && there.has(wanted)) {
      const message = `The target ${connection} has a table ${wanted} already, and mode create makes it.`;
      const advice = 'Use mode "insert", "upsert" or "replace", rename the table, or leave it out by except.';
      return [critical(step, 'target_table_exists', path, message, advice, rule)];
    }
    if (mode !== 'create' && !there.has(wanted)) {
      const message = `The target ${connection} has no table ${wanted}, and mode ${mode} makes none.`;
      const advice = 'Use mode "create", or add a schema step that makes it to `needs`.';
      return [critical(step, 'target_table_missing', path, message, advice, rule)];
    }
    return [];
  });
}

function takenNames(there: ReadonlyMap<string, WorldTable>): string[] {
  return [...there].flatMap(([name, { info }]) => [
    name,
    ...(info.details?.indexes ?? []).map((index) => index.name),
    ...info.foreignKeys.flatMap((key) => (key.name ? [key.name] : [])),
  ]);
}

/** Texts in keys and indexes need a length on MySQL; that of the longest one decides. */
async function longestTexts(
  tables: readonly TableInfo[],
  source: RelationalSession,
  env: ReadEnv,
): Promise<Map<string, number>> {
  const lengths = new Map<string, number>();
  const measure = source.endpoint.engine === 'mysql' ? 'char_length' : 'length';
  for (const table of tables) {
    const keyed = new Set([
      ...table.primaryKey,
      ...table.uniques.flat(),
      ...table.foreignKeys.flatMap((key) => key.columns),
      ...(table.details?.indexes ?? []).flatMap((index) => index.parts.flatMap((part) => part.column ?? [])),
    ]);
    const texts = table.columns.filter((column) => column.type.t === 'text' && keyed.has(column.name));
    if (texts.length === 0) continue;
    const columns = texts.map((column) => `max(${measure}(${quoteName(source, column.name)}))`);
    const sql = `SELECT ${columns.join(', ')} FROM ${quoteName(source, table.name)}`;
    const { rows } = await source.query(sql, 1, env.signal);
    texts.forEach((column, at) => {
      const found = rows[0]?.[at] ?? null;
      if (found !== null) lengths.set(`${table.name}.${column.name}`, Number(found));
    });
  }
  return lengths;
}

/** The table as the target's catalog will tell it. */
function infoOf(copy: PlannedTable, engine: Engine): TableInfo {
  const { design, indexes, foreignKeys } = copy;
  const dialect = dialectOf(engine);
  const inKey = new Set(design.primaryKey);
  return {
    name: copy.target,
    columns: design.columns.map(
      (column): ColumnInfo => ({
        name: column.name,
        declaredType: column.declaredType,
        type: canonicalOf(dialect.facts(column.declaredType), engine, column.declaredType),
        nullable: column.nullable && !inKey.has(column.name),
        defaultText: column.defaultText,
        generated: column.generatedAs !== null,
      }),
    ),
    primaryKey: design.primaryKey,
    uniques: indexes
      .filter((index) => index.unique && index.where === null && index.parts.every((part) => part.column !== null))
      .map((index) => index.parts.map((part) => part.column as string)),
    foreignKeys,
    rows: 0,
    sql: dialect.createTable(design).join('\n'),
  };
}
