import type { TableInfo } from '../../drivers/relational.ts';
import { meaningOf } from './source-facts.ts';
import type { DesignRequest } from './types.ts';

/** Characters of four bytes that a key of InnoDB takes: 3,072 bytes. */
const mostOfKey = 768;
/** What a text in a key is given when nothing longer was measured. */
const usual = 255;

/** Columns of text and bytes that stand in a key of MySQL, and how many characters each may have: `table.column` to length. */
export function keyLengths(request: DesignRequest): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  if (request.target !== 'mysql') return lengths;
  for (const table of request.tables) {
    for (const key of keysOf(table, request.tables)) shareOut(request, table, key, lengths);
  }
  return lengths;
}

function keysOf(table: TableInfo, all: readonly TableInfo[]): (readonly string[])[] {
  const uniques = (table.details?.indexes ?? [])
    .filter((index) => index.unique)
    .map((index) => index.parts.flatMap((part) => (part.column === null || part.length !== null ? [] : [part.column])));
  const referred = all.flatMap((one) =>
    one.foreignKeys.filter((key) => key.table === table.name).map((key) => key.references),
  );
  const keys = [
    table.primaryKey,
    ...table.uniques,
    ...uniques,
    ...table.foreignKeys.map((key) => key.columns),
    ...referred,
  ];
  return keys.filter((key) => key.length > 0);
}

function shareOut(
  request: DesignRequest,
  table: TableInfo,
  key: readonly string[],
  lengths: Map<string, number>,
): void {
  let left = mostOfKey;
  const open: { readonly name: string; readonly length: number | null }[] = [];
  for (const name of key) {
    const column = table.columns.find((one) => one.name === name);
    if (!column) continue;
    const { family, length } = meaningOf(request.source, column).facts;
    const textual = ['text', 'set', 'any', 'other', 'interval', 'bytes', 'enum'].includes(family);
    if (textual && (length === null || length > usual)) open.push({ name, length });
    else if (textual) {
      left -= length ?? 0;
      lengths.set(`${table.name}.${name}`, length ?? usual);
    } else left -= family === 'uuid' ? 36 : 5;
  }
  const share = Math.max(1, Math.floor(left / Math.max(1, open.length)));
  for (const { name, length } of open) {
    const place = `${table.name}.${name}`;
    const longest = request.longest?.(table.name, name) ?? 0;
    const wanted = length ?? (longest <= usual ? usual : Math.ceil(longest / 64) * 64);
    lengths.set(place, Math.min(wanted, share, lengths.get(place) ?? share));
  }
}
