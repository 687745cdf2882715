import type { Row, Value } from '#shared/model/value.ts';
import { encodeRecord } from '../../engine/values/encode.ts';
import type { OutputSpec } from '../relational.ts';
import { comparedColumns, parseKey } from '../shared/kept-text.ts';
import { type KeepPlace, placeOf } from './change.ts';
import { copyIn } from './copy-in.ts';
import { decodeRow } from './decode.ts';
import type { Link } from './link.ts';
import { quote, quoteAll } from './names.ts';
import { fromOf, type Relation, requireColumn } from './relation.ts';
import { RowWriter } from './row-writer.ts';
import { columnsWithNull, contentOf, digestOf, imageColumns, matchOf, type Stage, worthAnalysing } from './stage.ts';
import { decodingOf } from './types.ts';

const keptPage = 4096;
const undoTable = 'overland_undo';

/**
 * Takes back what a chunk wrote to one output, from what `load` kept. A row that is not as we left it stays and is returned.
 * A row that is gone already counts as undone, unless there was one before us.
 */
export async function undoKept(
  link: Link,
  relation: Relation,
  output: OutputSpec,
  place: KeepPlace,
  signal?: AbortSignal,
) {
  const where = placeOf(place, output);
  const kept = await link.rows(
    `SELECT key, row_digest, NULL AS row FROM ${place.own}.written WHERE ${where}
     UNION ALL SELECT key, row_digest, row FROM ${place.own}.preimage WHERE ${where}`,
  );
  const diverged: { key: string; found: string }[] = [];
  let undone = 0;
  for (let at = 0; at < kept.length; at += keptPage) {
    const page = kept.slice(at, at + keptPage) as [string, string, string | null][];
    await stageKept(link, relation, output, page, signal);
    const match = matchOf(
      output.key,
      columnsWithNull(
        output.key,
        page.map(([key]) => parseKey(key)),
      ),
    );
    const apart = await divergedRows(link, relation, output, match);
    await takeBack(link, relation, output, match);
    diverged.push(...apart);
    undone += page.length - apart.length;
  }
  await link.query(`DELETE FROM ${place.own}.written WHERE ${where}; DELETE FROM ${place.own}.preimage WHERE ${where}`);
  return { undone, diverged };
}

async function stageKept(
  link: Link,
  relation: Relation,
  output: OutputSpec,
  page: readonly (readonly [string, string, string | null])[],
  signal?: AbortSignal,
): Promise<void> {
  const keys = quoteAll(output.key);
  await link.query(
    `DROP TABLE IF EXISTS pg_temp.${undoTable};
     CREATE TEMP TABLE ${undoTable} ON COMMIT DROP AS
       SELECT NULL::text AS overland_key, NULL::text AS overland_digest, NULL::text AS overland_image, ${keys}
         FROM ${fromOf(relation)} WHERE false`,
  );
  const writer = new RowWriter(relation, output.key);
  const escaped = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  const line = ([key, digest, image]: Row, ordinal: number): string =>
    `${escaped(key as string)}\t${digest as string}\t${image === null ? '\\N' : escaped(image as string)}\t${writer.line(parseKey(key as string), ordinal)}`;
  const target = { into: `pg_temp.${undoTable}`, table: output.table, relation: undoTable, columns: output.key };
  await copyIn(link, target, [page], line, signal);
  if (page.length >= worthAnalysing) await link.query(`ANALYZE pg_temp.${undoTable}`);
}

/** What keeps a row from being undone: another content than ours, or that the row is gone which we had changed. */
function isAsWeLeftIt(output: OutputSpec): string {
  return `${digestOf('t', comparedColumns(output))} = s.overland_digest`;
}

async function divergedRows(
  link: Link,
  relation: Relation,
  output: OutputSpec,
  match: string,
): Promise<{ key: string; found: string }[]> {
  const columns = comparedColumns(output);
  const rows = await link.rows(
    `SELECT s.overland_key, t.ctid IS NULL, ${columns.map((name) => `t.${quote(name)}`).join(', ')}
       FROM pg_temp.${undoTable} s LEFT JOIN ${fromOf(relation)} t ON ${match}
      WHERE CASE WHEN t.ctid IS NULL THEN s.overland_image IS NOT NULL ELSE NOT (${isAsWeLeftIt(output)}) END`,
  );
  const decodings = columns.map((name) => decodingOf(requireColumn(relation, name).typeOid));
  return rows.map(([key, gone, ...values]) => ({
    key: key as string,
    found: gone === 't' ? 'the row is gone' : encodeRecord(columns, decodeRow(values, decodings)),
  }));
}

async function takeBack(link: Link, relation: Relation, output: OutputSpec, match: string): Promise<void> {
  const from = fromOf(relation);
  await link.query(
    `DELETE FROM ${from} t USING pg_temp.${undoTable} s WHERE ${match} AND s.overland_image IS NULL AND ${isAsWeLeftIt(output)}`,
  );
  const set = imageColumns(relation).map((name) => {
    const { declared } = requireColumn(relation, name);
    return `${quote(name)} = (s.overland_image::json ->> ${`'${name.replaceAll("'", "''")}'`})::${declared}`;
  });
  if (set.length === 0) return;
  await link.query(
    `UPDATE ${from} t SET ${set.join(', ')} FROM pg_temp.${undoTable} s
      WHERE ${match} AND s.overland_image IS NOT NULL AND ${isAsWeLeftIt(output)}`,
  );
}

const removePage = 4096;

/** Deletes the rows with these keys whose content equals the row expected; the rest are returned, untouched. */
export async function removeExact(link: Link, stage: Stage, rows: Iterable<Row>, signal?: AbortSignal) {
  const missing: Row[] = [];
  const diverged: { expected: Row; found: Row }[] = [];
  let removed = 0;
  for (const page of pagesOf(rows)) {
    await stage.fill(page, 0, signal);
    const { relation, output, table, match } = stage;
    const compared = comparedColumns(output);
    const same = `${contentOf('t', compared)} = ${contentOf('s', compared)}`;
    const gone = await link.rows(
      `DELETE FROM ${fromOf(relation)} t USING ${table} s WHERE ${match} AND ${same} RETURNING s.overland_n`,
    );
    removed += gone.length;
    if (gone.length === page.length) continue;
    const done = new Set(gone.map(([n]) => Number(n)));
    const left = page.flatMap((_row, index) => (done.has(index) ? [] : [index]));
    const found = await link.rows(
      `SELECT s.overland_n, ${output.columns.map((name) => `t.${quote(name)}`).join(', ')}
         FROM ${table} s JOIN ${fromOf(relation)} t ON ${match} WHERE s.overland_n = ANY ($1::bigint[])`,
      [`{${left.join(',')}}`],
    );
    const decodings = output.columns.map((name) => decodingOf(requireColumn(relation, name).typeOid));
    const there = new Map(found.map(([n, ...values]) => [Number(n), decodeRow(values, decodings) as readonly Value[]]));
    for (const index of left) {
      const expected = page[index] as Row;
      const now = there.get(index);
      if (now) diverged.push({ expected, found: now });
      else missing.push(expected);
    }
  }
  return { removed, missing, diverged };
}

function* pagesOf(rows: Iterable<Row>): Generator<Row[]> {
  let page: Row[] = [];
  for (const row of rows) {
    page.push(row);
    if (page.length < removePage) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
