import { DbFailure } from '../relational.ts';
import { tableNames } from './catalog.ts';
import type { Link } from './link.ts';
import { quote } from './names.ts';
import { othersIn } from './others.ts';
import { requireRelation } from './relation.ts';
import { type TableParts, tableParts } from './structure.ts';

/** Statements that make a schema's objects in whatever schema stands first in the search path. */
export type StructureScript = {
  /** Types, sequences, routines, tables; in no order, since each may need another. */
  readonly before: readonly string[];
  /** Keys and indexes, then foreign keys, views and triggers: when the rows are there. */
  readonly after: readonly string[];
  readonly tables: readonly string[];
};

export async function structureScript(
  link: Link,
  schema: string,
  only: readonly string[] | null = null,
): Promise<StructureScript> {
  const tables = await tableNames(link, schema, only);
  const parts: TableParts[] = [];
  const owned: string[] = [];
  const makeOwned: string[] = [];
  for (const name of tables) {
    const { oid } = await requireRelation(link, schema, name);
    parts.push(await tableParts(link, oid));
    for (const [sequence, type, column] of await serialsOf(link, oid)) {
      makeOwned.push(`CREATE SEQUENCE ${quote(sequence as string)} AS ${type}`);
      owned.push(`ALTER SEQUENCE ${quote(sequence as string)} OWNED BY ${quote(name)}.${quote(column as string)}`);
    }
  }
  const others = only === null ? await othersIn(link, schema) : [];
  const ofKind = (...kinds: string[]): string[] =>
    others.filter((one) => kinds.includes(one.kind) && !one.sql.endsWith(' ...')).map((one) => one.sql);
  return {
    tables,
    before: [
      ...ofKind('type', 'domain', 'sequence'),
      ...makeOwned,
      ...ofKind('routine'),
      ...parts.flatMap((part) => part.create),
    ],
    after: [
      ...parts.flatMap((part) => part.keys),
      ...parts.flatMap((part) => part.foreign),
      ...ofKind('view', 'materialized_view'),
      ...parts.flatMap((part) => part.triggers),
      ...owned,
    ],
  };
}

/** Sequences of serial columns; those of identity columns come with the column. */
async function serialsOf(link: Link, oid: string) {
  return link.rows(
    `SELECT s.relname, format_type(q.seqtypid, NULL), a.attname FROM pg_depend d
       JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_sequence q ON q.seqrelid = s.oid
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.deptype = 'a'`,
    [oid],
  );
}

/**
 * Runs statements of which some need others: what fails is tried again as long as any other one passes. Inside of a
 * transaction. Fails with the first failure of the last round.
 */
export async function runInAnyOrder(link: Link, statements: readonly string[]): Promise<void> {
  let left = [...statements];
  while (left.length > 0) {
    const failed: { readonly text: string; readonly error: DbFailure }[] = [];
    for (const text of left) {
      await link.query('SAVEPOINT overland_try');
      try {
        await link.query(text);
        await link.query('RELEASE SAVEPOINT overland_try');
      } catch (error) {
        if (!(error instanceof DbFailure) || link.lost) throw error;
        await link.query('ROLLBACK TO SAVEPOINT overland_try; RELEASE SAVEPOINT overland_try');
        failed.push({ text, error });
      }
    }
    const [first] = failed;
    if (first && failed.length === left.length) throw first.error;
    left = failed.map((one) => one.text);
  }
}
