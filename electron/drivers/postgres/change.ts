import type { Chunk, Fence, LoadResult, OutputSpec } from '../relational.ts';
import { DbFailure } from '../relational.ts';
import { comparedColumns } from '../shared/kept-text.ts';
import type { Link } from './link.ts';
import { literal, quote, quoteAll } from './names.ts';
import { fromOf, nameOf, type Relation } from './relation.ts';
import { contentOf, digestOf, imageColumns, imageOf, type Stage } from './stage.ts';

/** Where kept keys, digests and images go: the schema of our tables, and the chunk they belong to. */
export type KeepPlace = { readonly own: string; readonly chunk: Chunk; readonly fence: Fence };

/** Condition on a table of ours for one output of a chunk. */
export function placeOf({ chunk, fence }: KeepPlace, output: OutputSpec, alias = ''): string {
  const parts = { run_id: fence.runId, unit: chunk.unit, path: chunk.path, output: output.table };
  return Object.entries(parts)
    .map(([name, value]) => `${alias}${name} = ${literal(value)}`)
    .join(' AND ');
}

function placeValues({ chunk, fence }: KeepPlace, output: OutputSpec): string {
  return [fence.runId, chunk.unit, chunk.path, output.table].map(literal).join(', ');
}

/** Inserts what is staged and keeps key and digest of each row. */
export async function insertWritten(link: Link, stage: Stage, place: KeepPlace, range: string): Promise<LoadResult> {
  const { relation, output, table, match } = stage;
  const inserted = await insert(link, stage, range);
  await link.query(
    `INSERT INTO ${place.own}.written (run_id, unit, path, output, key, row_digest)
     SELECT ${placeValues(place, output)}, s.overland_key, ${digestOf('t', comparedColumns(output))}
       FROM ${table} s JOIN ${fromOf(relation)} t ON ${match} WHERE ${range} ON CONFLICT DO NOTHING`,
  );
  return { inserted, updated: 0, same: 0 };
}

async function insert(link: Link, { relation, output, table }: Stage, where: string): Promise<number> {
  const columns = quoteAll(output.columns);
  const result = await link.query(
    `INSERT INTO ${nameOf(relation)} (${columns}) OVERRIDING SYSTEM VALUE
     SELECT ${columns} FROM ${table} s WHERE ${where} ORDER BY s.overland_n`,
  );
  return result.count;
}

/**
 * Upsert and replace of what is staged. A key that comes twice is written twice, in order, as row by row. Rows that are there
 * are locked before they are looked at, so that counts and images are exact.
 */
export async function change(link: Link, stage: Stage, place: KeepPlace | null, range: string): Promise<LoadResult> {
  const { output, table } = stage;
  const turn = `row_number() OVER (PARTITION BY ${quoteAll(output.key)} ORDER BY overland_n)`;
  const turns = Number(
    await link.cell(
      `SELECT coalesce(max(turn), 0) FROM (SELECT ${turn} AS turn FROM ${table} s WHERE ${range}) numbered`,
    ),
  );
  let result: LoadResult = { inserted: 0, updated: 0, same: 0 };
  for (let now = 1; now <= turns; now += 1) {
    const ofTurn = `s.overland_n IN (SELECT overland_n FROM (SELECT overland_n, ${turn} AS turn FROM ${table} s WHERE ${range}) numbered WHERE turn = ${now})`;
    const one = await changeTurn(link, stage, place, turns === 1 ? range : ofTurn);
    result = {
      inserted: result.inserted + one.inserted,
      updated: result.updated + one.updated,
      same: result.same + one.same,
    };
  }
  return result;
}

async function changeTurn(link: Link, stage: Stage, place: KeepPlace | null, range: string): Promise<LoadResult> {
  const { relation, output, table, match } = stage;
  const from = fromOf(relation);
  const same = `${contentOf('t', output.columns)} = ${contentOf('s', output.columns)}`;
  const changed = output.mode === 'replace' ? 'true' : `NOT (${same})`;
  const both = `FROM ${table} s JOIN ${from} t ON ${match} WHERE ${range}`;
  const there = Number(await link.cell(`SELECT count(*) FROM (SELECT 1 ${both} FOR UPDATE OF t) locked`));
  const unchanged =
    there === 0 || output.mode === 'replace' ? 0 : Number(await link.cell(`SELECT count(*) ${both} AND ${same}`));
  if (place) {
    // The first image is the one from before this chunk; a key that comes twice must not replace it.
    await link.query(
      `INSERT INTO ${place.own}.preimage (run_id, unit, path, output, key, row, row_digest)
       SELECT ${placeValues(place, output)}, s.overland_key, CASE WHEN t.ctid IS NULL THEN NULL ELSE ${imageOf(relation)} END, ''
         FROM ${table} s LEFT JOIN ${from} t ON ${match} WHERE ${range} AND (t.ctid IS NULL OR ${changed})
       ON CONFLICT DO NOTHING`,
    );
  }
  const set = settings(relation, output);
  if (there > unchanged && set.length > 0)
    await link.query(
      `UPDATE ${from} t SET ${set.join(', ')} FROM ${table} s WHERE ${match} AND ${range} AND ${changed}`,
    );
  const inserted = await insert(link, stage, `${range} AND NOT EXISTS (SELECT 1 FROM ${from} t WHERE ${match})`);
  if (place) {
    const digest = digestOf('t', comparedColumns(output));
    await link.query(`UPDATE ${table} s SET overland_digest = ${digest} FROM ${from} t WHERE ${match} AND ${range}`);
    // The planner takes the rows of one chunk for a handful, and would look through the stage for each of them.
    await link.query('SET LOCAL enable_nestloop = off');
    await link.query(
      `UPDATE ${place.own}.preimage p SET row_digest = s.overland_digest FROM ${table} s
        WHERE ${range} AND ${placeOf(place, output, 'p.')} AND p.key = s.overland_key`,
    );
    await link.query('SET LOCAL enable_nestloop = on');
  }
  return { inserted, updated: there - unchanged, same: unchanged };
}

/** Replace resets the columns that are not given, without deleting the row. */
function settings(relation: Relation, output: OutputSpec): string[] {
  const given = new Set(output.columns);
  // A number that the engine gave stays: its default would be the next one.
  const kept = new Set(relation.columns.filter((column) => column.identity !== null).map((column) => column.name));
  const columns =
    output.mode === 'replace'
      ? imageColumns(relation).filter((name) => given.has(name) || !kept.has(name))
      : output.columns;
  return columns
    .filter((name) => !output.key.includes(name) && !(output.mode === 'replace' && output.surrogate.includes(name)))
    .map((name) => `${quote(name)} = ${given.has(name) ? `s.${quote(name)}` : 'DEFAULT'}`);
}

/**
 * Does `work` for all staged rows from `first` on, `count` of them. When the server refuses without naming a row, halves find
 * the first row that it does not take; the failure carries it.
 */
export async function namingTheRow(
  link: Link,
  first: number,
  count: number,
  work: (range: string) => Promise<LoadResult>,
): Promise<LoadResult> {
  const upTo = (last: number): string => `s.overland_n BETWEEN ${first} AND ${last}`;
  const attempt = async (last: number): Promise<LoadResult | DbFailure> => {
    await link.query('SAVEPOINT overland_rows');
    try {
      const result = await work(upTo(last));
      await link.query('RELEASE SAVEPOINT overland_rows');
      return result;
    } catch (error) {
      if (!(error instanceof DbFailure) || error.error.kind !== 'data') throw error;
      await link.query('ROLLBACK TO SAVEPOINT overland_rows; RELEASE SAVEPOINT overland_rows');
      return error;
    }
  };
  const whole = await attempt(first + count - 1);
  if (!(whole instanceof DbFailure)) return whole;
  let failure = whole;
  let good = first - 1;
  let bad = first + count - 1;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    await link.query('SAVEPOINT overland_search');
    const half = await attempt(middle);
    await link.query('ROLLBACK TO SAVEPOINT overland_search; RELEASE SAVEPOINT overland_search');
    if (half instanceof DbFailure) {
      failure = half;
      bad = middle;
    } else good = middle;
  }
  throw new DbFailure(failure.error, { row: bad, cause: failure });
}
