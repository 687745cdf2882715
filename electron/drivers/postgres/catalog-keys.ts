import type { ForeignKey, ForeignKeyAction, IndexInfo, TableDetails } from '../relational.ts';
import { rowsByTable } from './by-table.ts';
import type { Link, TextRow } from './link.ts';

type Constraints = {
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: NonNullable<TableDetails['checks']>;
};

const actions: Readonly<Record<string, ForeignKeyAction>> = {
  a: 'no_action',
  r: 'restrict',
  c: 'cascade',
  n: 'set_null',
  d: 'set_default',
};

/** Primary keys, foreign keys and checks of several tables. */
export async function constraintsByTable(link: Link, oids: readonly string[]): Promise<(oid: string) => Constraints> {
  const columns = (list: string, of: string): string =>
    `(SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(${list}) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = ${of} AND a.attnum = k.attnum)`;
  const rows = await rowsByTable(
    link,
    `SELECT c.conrelid, c.contype, c.conname, ${columns('c.conkey', 'c.conrelid')}, f.relname, ${columns('c.confkey', 'c.confrelid')},
            c.confdeltype, c.confupdtype, c.condeferrable, pg_get_expr(c.conbin, c.conrelid, true)
       FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid
      WHERE c.conrelid = ANY ($1::oid[]) AND c.contype IN ('p', 'f', 'c') ORDER BY c.conname COLLATE "C"`,
    oids,
  );
  return (oid) => constraintsOf(rows(oid));
}

function constraintsOf(rows: readonly TextRow[]): Constraints {
  const list = (text: string | null | undefined): string[] => JSON.parse(text ?? '[]') as string[];
  return {
    primaryKey: list(rows.find(([, kind]) => kind === 'p')?.[3]),
    foreignKeys: rows
      .filter(([, kind]) => kind === 'f')
      .map(
        ([, , name, own, table, theirs, onDelete, onUpdate, deferrable]): ForeignKey => ({
          name: name as string,
          columns: list(own),
          table: table as string,
          references: list(theirs),
          onDelete: actions[onDelete as string] ?? 'no_action',
          onUpdate: actions[onUpdate as string] ?? 'no_action',
          deferrable: deferrable === 't',
        }),
      ),
    checks: rows
      .filter(([, kind]) => kind === 'c')
      .map((row) => ({ name: row[2] as string, expression: row[9] as string })),
  };
}

/** Indexes of several tables, all but those of primary keys. */
export async function indexesByTable(link: Link, oids: readonly string[]): Promise<(oid: string) => IndexInfo[]> {
  const rows = await rowsByTable(
    link,
    `SELECT i.indrelid, c.relname, i.indisunique, pg_get_expr(i.indpred, i.indrelid, true), am.amname,
            EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('u', 'x')),
            (SELECT json_agg(json_build_object(
                'column', CASE WHEN k.attnum <> 0 THEN (SELECT attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = k.attnum) END,
                'expression', CASE WHEN k.attnum = 0 THEN pg_get_indexdef(i.indexrelid, k.n::int, true) END,
                'descending', (i.indoption::int2[])[k.n - 1] & 1 = 1, 'length', NULL) ORDER BY k.n)
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) WHERE k.n <= i.indnkeyatts)
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
      WHERE i.indrelid = ANY ($1::oid[]) AND NOT i.indisprimary ORDER BY c.relname COLLATE "C"`,
    oids,
  );
  return (oid) =>
    rows(oid).map(([, name, unique, where, method, constraint, parts]) => ({
      name: name as string,
      parts: JSON.parse(parts as string) as IndexInfo['parts'],
      unique: unique === 't',
      where: where ?? null,
      method: method as string,
      constraint: constraint === 't',
    }));
}
