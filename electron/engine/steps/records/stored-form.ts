import type { Row, Value } from '#shared/model/value.ts';
import type { ColumnInfo, TableInfo } from '../../../drivers/relational.ts';
import { affinityOf, storedForm as storedInSqlite } from '../../../drivers/sqlite/types.ts';

/** How the target gives a value back that was written into a column; null where it comes back as it is. */
export type StoredForm = ((value: Value) => Value) | null;

/** SQLite converts by affinity; engines with strict column types take no value of another type. */
export function storedForm(engine: string, column: ColumnInfo): StoredForm {
  if (engine !== 'sqlite') return null;
  const affinity = affinityOf(column.declaredType);
  switch (affinity) {
    case 'blob':
      return null;
    case 'text':
      return (value) => (typeof value === 'string' ? value : storedInSqlite(value, affinity));
    default:
      return (value) => (typeof value === 'bigint' && affinity !== 'real' ? value : storedInSqlite(value, affinity));
  }
}

/**
 * What a default that is not computed puts into a column; undefined for one that is (`CURRENT_TIMESTAMP`, an expression), so
 * that its value cannot be foretold.
 */
export function literalDefault(column: ColumnInfo): Value | undefined {
  const text = column.defaultText?.trim();
  if (text === undefined || /^null$/i.test(text)) return null;
  const quoted = /^'((?:[^']|'')*)'$/.exec(text);
  if (quoted) return quoted[1]!.replaceAll("''", "'");
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace(/^\+/, ''));
  if (/^[+-]?(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^true$/i.test(text)) return 1n;
  if (/^false$/i.test(text)) return 0n;
  return undefined;
}

/** The columns of a target table that every step that writes it can foretell, in the order of the table. */
export function comparableColumns(table: TableInfo, surrogate: readonly string[]): string[] {
  return table.columns
    .filter((column) => !column.generated && !surrogate.includes(column.name) && literalDefault(column) !== undefined)
    .map((column) => column.name);
}

/**
 * Turns an emitted row into the row that the target will give back for `comparableColumns`: columns that are not written hold
 * their default. The row that is returned is the same object each time.
 */
export function storedRow(
  engine: string,
  table: TableInfo,
  written: readonly string[],
  comparable: readonly string[],
): (row: Row) => Row {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const fill = comparable.map((name) => {
    const column = columns.get(name)!;
    const form = storedForm(engine, column);
    const from = written.indexOf(name);
    const value = literalDefault(column) ?? null;
    return { from, form, value: form ? form(value) : value };
  });
  const result: Value[] = fill.map((one) => one.value);
  const moved = fill.flatMap(({ from, form }, to) => (from < 0 ? [] : [{ from, to, form }]));
  return (row) => {
    for (const { from, to, form } of moved) {
      const value = row[from] as Value;
      result[to] = form && value !== null ? form(value) : value;
    }
    return result;
  };
}
