import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure } from '../relational.ts';
import { decodeRow } from './decode.ts';
import { arrayText, encoderOf } from './encode.ts';
import type { Link } from './link.ts';
import { quote } from './names.ts';
import { fromOf, type Relation, requireColumn } from './relation.ts';
import { refuseUnfit } from './row-writer.ts';
import { decodingOf } from './types.ts';

/** Keys per query. */
const keysPerQuery = 4096;

/**
 * Rows whose `on` columns equal one of the keys, as [on..., take...]. The key comes back as it was given, so that the caller
 * finds it again. A key with NULL finds nothing, nor does one that the column could not hold.
 */
export async function lookupRows(
  link: Link,
  relation: Relation,
  on: readonly string[],
  take: readonly string[],
  keys: readonly Row[],
  signal?: AbortSignal,
): Promise<Row[]> {
  const encoders = on.map((name) => encoderOf(requireColumn(relation, name)));
  const known: { readonly key: Row; readonly texts: string[] }[] = [];
  for (const key of keys) {
    const texts = on.map((_name, index) => keyText(key[index] ?? null, encoders[index] as (value: Value) => string));
    if (texts.every((text) => text !== null)) known.push({ key, texts: texts as string[] });
  }
  const rows: Row[] = [];
  for (let at = 0; at < known.length; at += keysPerQuery) {
    signal?.throwIfAborted();
    rows.push(...(await find(link, relation, on, take, known.slice(at, at + keysPerQuery))));
  }
  return rows;
}

function keyText(value: Value, encode: (value: Value) => string): string | null {
  if (value === null) return null;
  try {
    const text = encode(value);
    refuseUnfit(text);
    return text;
  } catch (error) {
    if (error instanceof DbFailure) return null;
    throw error;
  }
}

type Known = { readonly key: Row; readonly texts: readonly string[] };

async function find(
  link: Link,
  relation: Relation,
  on: readonly string[],
  take: readonly string[],
  keys: readonly Known[],
): Promise<Row[]> {
  const decodings = take.map((name) => decodingOf(requireColumn(relation, name).typeOid));
  const lists = on.map((_name, index) => arrayText(keys.map((one) => one.texts[index] as string)));
  try {
    const found = await inSavepoint(link, () => link.rows(lookupSql(relation, on, take), lists));
    return found.map(([n, ...values]) => [...(keys[Number(n) - 1] as Known).key, ...decodeRow(values, decodings)]);
  } catch (error) {
    // A key that the type does not know, such as the 30th of February: it is in no row, the others may be.
    if (!(error instanceof DbFailure) || error.error.kind !== 'data') throw error;
    if (keys.length === 1) return [];
    const middle = Math.ceil(keys.length / 2);
    return [
      ...(await find(link, relation, on, take, keys.slice(0, middle))),
      ...(await find(link, relation, on, take, keys.slice(middle))),
    ];
  }
}

/** Inside of a transaction an error must not end it. */
async function inSavepoint<T>(link: Link, work: () => Promise<T>): Promise<T> {
  if (link.status !== 'T') return work();
  await link.query('SAVEPOINT overland_lookup');
  try {
    const result = await work();
    await link.query('RELEASE SAVEPOINT overland_lookup');
    return result;
  } catch (error) {
    if (!link.lost) await link.query('ROLLBACK TO SAVEPOINT overland_lookup; RELEASE SAVEPOINT overland_lookup');
    throw error;
  }
}

function lookupSql(relation: Relation, on: readonly string[], take: readonly string[]): string {
  const lists = on.map((name, index) => {
    const column = requireColumn(relation, name);
    // A length would cut the key: a longer one is in no row.
    const type =
      column.typeOid === 1043 || column.typeOid === 1042
        ? column.typeOid === 1042
          ? 'bpchar'
          : 'text'
        : column.declared;
    return `$${index + 1}::text[]::${type.replace(/\(.*?\)/, '')}[]`;
  });
  const names = on.map((_name, index) => `k${index}`).join(', ');
  const join = on.map((name, index) => `t.${quote(name)} = k.k${index}`).join(' AND ');
  const taken = take.map((name) => `, t.${quote(name)}`).join('');
  return `SELECT k.n${taken} FROM unnest(${lists.join(', ')}) WITH ORDINALITY k(${names}, n) JOIN ${fromOf(relation)} t ON ${join}`;
}
