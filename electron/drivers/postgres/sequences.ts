import type { Link } from './link.ts';
import { literal, quote } from './names.ts';
import type { Relation } from './relation.ts';

/** Sequences that number columns of a table, as [column, sequence as SQL]. */
export async function sequencesOf(
  link: Link,
  oid: string,
): Promise<{ readonly column: string; readonly sequence: string }[]> {
  const rows = await link.rows(
    `SELECT a.attname, quote_ident(n.nspname) || '.' || quote_ident(s.relname) FROM pg_depend d
       JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
       JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid
        AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') ORDER BY s.relname COLLATE "C"`,
    [oid],
  );
  return rows.map(([column, sequence]) => ({ column: column as string, sequence: sequence as string }));
}

export async function stateOf(
  link: Link,
  sequence: string,
): Promise<{ readonly last: string; readonly called: boolean }> {
  const [row] = await link.rows(`SELECT last_value, is_called FROM ${sequence}`);
  return { last: row?.[0] as string, called: row?.[1] === 't' };
}

/** Sets the sequences of a copied table to where those of the original stand. */
export async function restoreSequences(from: Link, to: Link, relation: Relation, into: string): Promise<void> {
  for (const { column, sequence } of await sequencesOf(from, relation.oid)) {
    const { last, called } = await stateOf(from, sequence);
    const target = `pg_get_serial_sequence(${literal(`${quote(into)}.${quote(relation.name)}`)}, ${literal(column)})`;
    await to.query(
      `SELECT setval(s.name, ${last}, ${called}) FROM (SELECT ${target} AS name) s WHERE s.name IS NOT NULL`,
    );
  }
}
