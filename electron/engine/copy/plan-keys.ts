import type { ForeignKey, IndexInfo, TableInfo } from '../../drivers/relational.ts';
import { dialectOf } from './dialects.ts';
import { translate } from './expression/translate.ts';
import type { NameGuard } from './names.ts';
import { type ColumnDraft, columnsOf } from './plan-column.ts';
import type { DesignRequest, NotCarried } from './types.ts';

/** What of an index MySQL needs to know of a long column. */
const mysqlPrefix = 191;

type Place = {
  readonly request: DesignRequest;
  readonly table: TableInfo;
  /** Name of the table in the target. */
  readonly name: string;
  readonly drafts: readonly ColumnDraft[];
  readonly guard: NameGuard;
  readonly notCarried: NotCarried[];
};

export function planIndexes(place: Place): IndexInfo[] {
  return (place.table.details?.indexes ?? []).flatMap((index) => {
    const found = planIndex(place, index);
    if (typeof found !== 'string') return [found];
    const { request, table, notCarried } = place;
    notCarried.push({
      kind: 'index',
      name: index.name,
      text: dialectOf(request.source).createIndex(table.name, index),
      why: found,
    });
    return [];
  });
}

/** The index in the words of the target, or why it is not carried. */
function planIndex(place: Place, index: IndexInfo): IndexInfo | string {
  const { request, guard, name } = place;
  const { source, target } = request;
  const scope = target === 'mysql' ? `index of ${name}` : 'relation';
  if (source === target) return { ...index, name: guard.free(scope, index.name, name) };
  const special = !['btree', 'hash', ''].includes(index.method.toLowerCase());
  if (special) return `an index of the kind ${index.method} is made by its engine only`;
  if (index.unique && index.parts.some((part) => part.length !== null))
    return 'it is unique over the beginning of a text only';
  if (target === 'mysql' && index.where !== null) return 'MySQL has no partial indexes';
  if (target === 'mysql' && index.parts.some((part) => part.column === null))
    return 'MariaDB has no indexes over expressions';
  const parts: IndexInfo['parts'][number][] = [];
  for (const part of index.parts) {
    if (part.column !== null) {
      const draft = place.drafts.find((one) => one.info.name === part.column);
      if (!draft) return `it is over \`${part.column}\`, which is not carried`;
      parts.push({ ...part, length: target === 'mysql' && isLong(draft) ? mysqlPrefix : null });
      continue;
    }
    const found = expressionOf(place, part.expression ?? '', !index.unique);
    if ('why' in found) return found.why;
    parts.push({ ...part, expression: found.text, length: null });
  }
  const where = index.where === null ? null : expressionOf(place, index.where, false);
  if (where && 'why' in where) return where.why;
  return { ...index, name: guard.free(scope, index.name, name), parts, where: where?.text ?? null, method: 'btree' };
}

function isLong({ to, declared }: ColumnDraft): boolean {
  return (
    /^(?:tiny|medium|long)?(?:text|blob)\b/i.test(declared.declared) &&
    (to.facts.family === 'text' || to.facts.family === 'bytes' || to.facts.family === 'json')
  );
}

function expressionOf({ request, drafts }: Place, sql: string, loose: boolean) {
  return translate(sql, {
    source: request.source,
    target: dialectOf(request.target),
    column: columnsOf(request, drafts),
    loose,
  });
}

export function planChecks(place: Place): { name: string | null; expression: string }[] {
  const { request, table, name, drafts, guard, notCarried } = place;
  const scope = request.target === 'mysql' ? 'check' : `check of ${name}`;
  const named = (wanted: string | null) => (wanted === null ? null : guard.free(scope, wanted, name));
  const checks = (table.details?.checks ?? []).flatMap(({ name: given, expression }) => {
    if (request.source === request.target) return [{ name: named(given), expression }];
    if (isHeldByType(expression, drafts)) return [];
    const found = expressionOf(place, expression, false);
    if ('text' in found) return [{ name: named(given), expression: found.text }];
    notCarried.push({ kind: 'check', name: given ?? table.name, text: `CHECK (${expression})`, why: found.why });
    return [];
  });
  return [...checks, ...drafts.flatMap((draft) => labelCheck(request, draft))];
}

/** JSON that is valid, a boolean that is 0 or 1: what the type of the target says by itself. */
function isHeldByType(expression: string, drafts: readonly ColumnDraft[]): boolean {
  const json = /^\(*json_valid\s*\(\s*[`"]?([^`"()]+)[`"]?\s*\)\)*$/i.exec(expression.trim())?.[1];
  const truth = /^\(*[`"[]?([^`"()[\]]+?)[`"\]]?\s+in\s*\(\s*(?:0\s*,\s*1|1\s*,\s*0)\s*\)\)*$/i.exec(
    expression.trim(),
  )?.[1];
  const family = (name: string) =>
    drafts.find((one) => one.info.name.toLowerCase() === name.trim().toLowerCase())?.to.facts.family;
  return (json !== undefined && family(json) === 'json') || (truth !== undefined && family(truth) === 'bool');
}

/** Labels of an enumeration, where the target has none. */
function labelCheck(
  request: DesignRequest,
  { info, from, to, applied }: ColumnDraft,
): { name: null; expression: string }[] {
  const { labels } = from;
  if (!labels || from.facts.family !== 'enum' || to.facts.family === 'enum' || applied.rule.to !== undefined) return [];
  if (request.source === request.target && request.source === 'mysql') return [];
  const { quote, literal } = dialectOf(request.target);
  const all = applied.rule.blank === 'keep' ? [...labels, ''] : labels;
  return [{ name: null, expression: `${quote(info.name)} IN (${all.map((label) => literal(label)).join(', ')})` }];
}

export function planForeignKeys(place: Place): ForeignKey[] {
  const { request, table, name, guard, notCarried } = place;
  return table.foreignKeys.flatMap((key) => {
    const why = whyNotReferable(place, key);
    if (why !== null) {
      const text = `FOREIGN KEY (${key.columns.join(', ')}) REFERENCES ${key.table} (${key.references.join(', ')})`;
      notCarried.push({ kind: 'foreign_key', name: key.name ?? key.columns.join(', '), text, why });
      return [];
    }
    const parent = request.tables.find((one) => one.name === key.table);
    const references = key.references.length > 0 ? key.references : (parent?.primaryKey ?? []);
    const scope = request.target === 'mysql' ? 'foreign key' : `constraint of ${name}`;
    const wanted = key.name ?? `${name}_${key.columns.join('_')}_fkey`;
    const noDefault = request.target === 'mysql' && [key.onDelete, key.onUpdate].includes('set_default');
    if (noDefault) {
      notCarried.push({
        kind: 'foreign_key',
        name: wanted,
        text: 'SET DEFAULT',
        why: 'MySQL refuses instead of setting the default',
      });
    }
    // A file of SQLite needs no names for them.
    const free = request.target === 'sqlite' && !key.name ? null : guard.free(scope, wanted, name);
    return [{ ...key, name: free, table: request.renames.get(key.table) ?? key.table, references }];
  });
}

function whyNotReferable({ request, drafts }: Place, key: ForeignKey): string | null {
  const parent = request.tables.find((one) => one.name === key.table);
  const lost = key.columns.find((name) => !drafts.some((one) => one.info.name === name));
  if (lost !== undefined) return `the column \`${lost}\` is not carried`;
  if (!parent) return request.taken.includes(key.table) ? null : `the table \`${key.table}\` is not copied`;
  if (request.target === 'mysql' || key.references.length === 0) return null;
  const wanted = key.references.join('\0');
  const uniques = [parent.primaryKey, ...parent.uniques].map((columns) => [...columns]);
  const sameSet = uniques.some(
    (columns) => columns.length === key.references.length && columns.every((one) => key.references.includes(one)),
  );
  return sameSet || wanted === '' ? null : 'the columns that are referred to are not unique';
}
