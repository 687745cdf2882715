import type { TableInfo } from '../../drivers/relational.ts';
import { didYouMean } from '../profile/suggest.ts';
import { dialectOf } from './dialects.ts';
import { keyLengths } from './key-lengths.ts';
import { NameGuard } from './names.ts';
import { type ColumnDraft, designColumn, draftColumn, plannedColumn } from './plan-column.ts';
import { planExisting } from './plan-existing.ts';
import { planChecks, planForeignKeys, planIndexes } from './plan-keys.ts';
import { meaningOfType } from './source-facts.ts';
import { matchesAny } from './type-rules.ts';
import type { DesignProblem, DesignRequest, NotCarried, PlannedTable, SchemaDesign } from './types.ts';

/** Bytes that MySQL takes in a row outside of its long columns, with room for the rest. */
const mostOfRow = 60_000;

/** The tables of a source as they are to be made in the target, with the names, types and expressions of the target. */
export function designTables(request: DesignRequest): SchemaDesign {
  const problems: DesignProblem[] = ruleProblems(request);
  const guard = new NameGuard(dialectOf(request.target));
  for (const name of request.taken) guard.claim('relation', name);
  // The index of a primary key gets its name from the engine.
  if (request.target === 'postgres') {
    for (const table of request.tables)
      guard.claim('relation', `${request.renames.get(table.name) ?? table.name}_pkey`);
  }
  const lengths = keyLengths(request);
  const drafts = new Map<string, readonly ColumnDraft[]>();
  for (const table of request.tables) {
    problems.push(...nameProblems(request, table, guard));
    const columns = table.columns.map((info) =>
      draftColumn(request, table, info, lengths.get(`${table.name}.${info.name}`) ?? null),
    );
    if (request.target === 'mysql' && request.source !== 'mysql') shortenRow(columns);
    drafts.set(table.name, columns);
  }
  alignForeignKeys(request, drafts);
  const tables = request.tables.map((table) => {
    const existing = request.existing?.get(request.renames.get(table.name) ?? table.name);
    if (!existing) return planTable(request, table, drafts.get(table.name) ?? [], guard);
    const planned = planExisting(request, table, existing);
    problems.push(...planned.problems);
    return planned.table;
  });
  return { tables, problems };
}

function planTable(
  request: DesignRequest,
  table: TableInfo,
  drafts: readonly ColumnDraft[],
  guard: NameGuard,
): PlannedTable {
  const name = request.renames.get(table.name) ?? table.name;
  const notCarried: NotCarried[] = (table.details?.notCarried ?? []).map((text) => ({
    kind: 'other',
    name: table.name,
    text,
    why: 'a copy does not carry it',
  }));
  settleIdentity(request, table, drafts, notCarried);
  const columns = drafts.map((draft) => designColumn(request, drafts, draft, notCarried));
  const place = { request, table, name, drafts, guard, notCarried };
  const foreignKeys = planForeignKeys(place);
  const comment = table.details?.comment ?? null;
  if (comment && request.target === 'sqlite') {
    notCarried.push({ kind: 'comment', name: table.name, text: comment, why: 'SQLite keeps no comments' });
  }
  return {
    source: table.name,
    target: name,
    design: {
      name,
      columns,
      primaryKey: table.primaryKey,
      checks: planChecks(place),
      foreignKeys,
      comment: request.target === 'sqlite' ? null : comment,
    },
    columns: drafts.flatMap((draft, at) => (columns[at]?.generatedAs ? [] : [plannedColumn(request, draft)])),
    indexes: planIndexes(place),
    foreignKeys,
    identity: drafts.find((draft) => draft.identity)?.info.name ?? null,
    notCarried,
    notes: notesOf(request, table),
  };
}

/** SQLite numbers only an INTEGER that is the whole key, MySQL one column of a table. */
function settleIdentity(
  request: DesignRequest,
  table: TableInfo,
  drafts: readonly ColumnDraft[],
  notCarried: NotCarried[],
): void {
  let seen = false;
  for (const draft of drafts) {
    const numbered = (draft.info.details?.identity ?? null) !== null;
    if (draft.info.details?.identity === 'always') {
      const why = 'a copy gives the numbers of the source, which such a column refuses';
      notCarried.push({ kind: 'identity', name: draft.info.name, text: 'GENERATED ALWAYS', why });
    }
    const wanted = draft.identity;
    const isKey = table.primaryKey.length === 1 && table.primaryKey[0] === draft.info.name;
    if (request.target === 'sqlite') draft.identity &&= isKey && draft.declared.declared.toUpperCase() === 'INTEGER';
    if (request.target === 'mysql') draft.identity &&= !seen;
    // A plain INTEGER PRIMARY KEY of SQLite numbers rows without AUTOINCREMENT.
    if (request.source === 'sqlite' && request.target === 'sqlite') {
      draft.identity &&= /\bautoincrement\b/i.test(table.sql);
      continue;
    }
    seen ||= draft.identity;
    if ((numbered || wanted) && !draft.identity && draft.info.defaultText === null) {
      const why = 'the column cannot be numbered by the target: new rows need a value';
      notCarried.push({ kind: 'identity', name: draft.info.name, text: draft.info.declaredType, why });
    }
  }
}

/** MySQL wants the same type on both sides of a foreign key, PostgreSQL one that compares. */
function alignForeignKeys(request: DesignRequest, drafts: ReadonlyMap<string, readonly ColumnDraft[]>): void {
  if (request.target === 'sqlite' || request.source === request.target) return;
  const find = (table: string, column: string | undefined) =>
    drafts.get(table)?.find((draft) => draft.info.name === column);
  const numbers = new Set(['int', 'decimal']);
  for (let round = 0; round < request.tables.length; round += 1) {
    let changed = false;
    for (const table of request.tables) {
      for (const key of table.foreignKeys) {
        key.columns.forEach((column, at) => {
          const child = find(table.name, column);
          const parent = find(key.table, key.references[at]);
          if (!child || !parent || child === parent || child.applied.rule.to !== undefined) return;
          if (child.declared.declared === parent.declared.declared) return;
          if (!numbers.has(child.to.facts.family) || !numbers.has(parent.to.facts.family)) return;
          child.declared = { ...parent.declared, note: 'The type of the column it refers to.' };
          child.to = parent.to;
          changed = true;
        });
      }
    }
    if (!changed) return;
  }
}

/** The longest texts of a row that is too wide leave the row. */
function shortenRow(drafts: readonly ColumnDraft[]): void {
  const width = ({ declared }: ColumnDraft) =>
    Number(/^var(?:char|binary)\((\d+)\)/.exec(declared.declared)?.[1] ?? 0) * 4;
  const long = drafts.filter(
    (draft) => width(draft) > 0 && draft.declared.fit === 'exact' && draft.applied.rule.to === undefined,
  );
  long.sort((a, b) => width(b) - width(a));
  let total = drafts.reduce((sum, draft) => sum + width(draft) + 10, 0);
  for (const draft of long) {
    if (total <= mostOfRow) return;
    if (width(draft) < 1024) return;
    total -= width(draft);
    const declared = draft.to.facts.family === 'bytes' ? 'longblob' : 'longtext';
    draft.declared = { declared, fit: 'widened', note: 'A row of MySQL is too short for the declared length.' };
    draft.to = meaningOfType('mysql', declared);
  }
}

function nameProblems(request: DesignRequest, table: TableInfo, guard: NameGuard): DesignProblem[] {
  const name = request.renames.get(table.name) ?? table.name;
  const problem = (code: DesignProblem['code'], column: string | null, message: string): DesignProblem => {
    const advice =
      column === null ? 'Give it another name: rename = "...".' : 'Give the column another name in the source.';
    return { table: table.name, column, code, message, advice, rule: null };
  };
  if (request.existing?.has(name)) return [];
  const problems: DesignProblem[] = [];
  if (!guard.fits(name))
    problems.push(problem('name_too_long', null, `The name \`${name}\` is too long for the target`));
  if (!guard.claim('relation', name)) {
    problems.push(problem('name_clash', null, `The target would have two tables named \`${name}\``));
  }
  for (const { name: column } of table.columns) {
    if (!guard.fits(column)) {
      problems.push(problem('name_too_long', column, `The column name \`${column}\` is too long for the target`));
    }
    if (!guard.claim(`column of ${table.name}`, column)) {
      const message = `The target would have two columns \`${column}\` in \`${name}\`, which differ in case only`;
      problems.push(problem('name_clash', column, message));
    }
  }
  return problems;
}

function ruleProblems(request: DesignRequest): DesignProblem[] {
  const places = request.tables.flatMap((table) =>
    table.columns.map((column) => ({ table: table.name, column: column.name, declaredType: column.declaredType })),
  );
  return request.rules.flatMap(({ key, pattern, rule }) => {
    const about = { table: '', column: null, rule: key };
    const problems: DesignProblem[] = [];
    if (!matchesAny(pattern, places)) {
      const names = [...new Set(places.flatMap((one) => [one.declaredType, `${one.table}.${one.column}`]))];
      const message = `\`${pattern}\` is neither a type nor a column of the tables that are copied`;
      problems.push({ ...about, code: 'rule_matches_nothing', message, advice: didYouMean(pattern, names) });
    }
    if (
      rule.to !== undefined &&
      request.target === 'mysql' &&
      meaningOfType('mysql', rule.to).facts.family === 'other'
    ) {
      const message = `\`${rule.to}\` is not a type of MySQL`;
      problems.push({ ...about, code: 'rule_type_unknown', message, advice: null });
    }
    return problems;
  });
}

/** Differences between the engines that no value shows by itself. */
function notesOf(request: DesignRequest, table: TableInfo): string[] {
  const notes: string[] = [];
  const foldsCase = table.columns.some(({ details }) => /_ci$|^nocase$/i.test(details?.collation ?? ''));
  if (foldsCase && request.source !== request.target) {
    notes.push(`Text of ${table.name} is compared without case in the source, and byte by byte in the target.`);
  }
  return notes;
}
