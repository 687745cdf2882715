import type { OtherObject } from '../relational.ts';
import type { Link } from './link.ts';
import { literal } from './names.ts';

/** Objects beside the tables, as [kind, name, sql]; those of extensions come with the extension. */
const queries: readonly string[] = [
  `SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized_view' END, c.relname,
          'CREATE ' || CASE c.relkind WHEN 'v' THEN 'VIEW ' ELSE 'MATERIALIZED VIEW ' END || quote_ident(c.relname) || ' AS ' || pg_get_viewdef(c.oid, true)
     FROM pg_class c WHERE c.relnamespace = $1::oid AND c.relkind IN ('v', 'm') AND $ext('c.oid', 'pg_class')`,
  `SELECT 'routine', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
          regexp_replace(pg_get_functiondef(p.oid), '^(CREATE OR REPLACE \\w+ )' || quote_ident(n.nspname) || '\\.', '\\1')
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.pronamespace = $1::oid AND p.prokind IN ('f', 'p', 'w') AND $ext('p.oid', 'pg_proc')`,
  `SELECT 'routine', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'CREATE AGGREGATE ' || quote_ident(p.proname) || ' ...'
     FROM pg_proc p WHERE p.pronamespace = $1::oid AND p.prokind = 'a' AND $ext('p.oid', 'pg_proc')`,
  `SELECT 'trigger', t.tgname || ' on ' || c.relname, pg_get_triggerdef(t.oid, true)
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = $1::oid AND NOT t.tgisinternal AND t.tgparentid = 0`,
  `SELECT 'type', t.typname, 'CREATE TYPE ' || quote_ident(t.typname) || ' AS ENUM (' ||
          (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) || ')'
     FROM pg_type t WHERE t.typnamespace = $1::oid AND t.typtype = 'e' AND $ext('t.oid', 'pg_type')`,
  `SELECT 'type', t.typname, 'CREATE TYPE ' || quote_ident(t.typname) || ' AS (' ||
          coalesce((SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
     FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c' WHERE t.typnamespace = $1::oid AND t.typtype = 'c' AND $ext('t.oid', 'pg_type')`,
  `SELECT 'type', t.typname, 'CREATE TYPE ' || quote_ident(t.typname) || ' AS RANGE (SUBTYPE = ' || format_type(r.rngsubtype, NULL) || ')'
     FROM pg_type t JOIN pg_range r ON r.rngtypid = t.oid WHERE t.typnamespace = $1::oid AND $ext('t.oid', 'pg_type')`,
  `SELECT 'domain', t.typname, 'CREATE DOMAIN ' || quote_ident(t.typname) || ' AS ' || format_type(t.typbasetype, t.typtypmod) ||
          coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END ||
          coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid, true), '' ORDER BY k.conname)
             FROM pg_constraint k WHERE k.contypid = t.oid), '')
     FROM pg_type t WHERE t.typnamespace = $1::oid AND t.typtype = 'd' AND $ext('t.oid', 'pg_type')`,
  `SELECT 'sequence', c.relname, 'CREATE SEQUENCE ' || quote_ident(c.relname) || ' AS ' || format_type(s.seqtypid, NULL) ||
          ' INCREMENT ' || s.seqincrement || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' START ' || s.seqstart ||
          ' CACHE ' || s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END
     FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE c.relnamespace = $1::oid AND $ext('c.oid', 'pg_class')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0)`,
  `SELECT 'foreign_table', c.relname, 'CREATE FOREIGN TABLE ' || quote_ident(c.relname) || ' ...'
     FROM pg_class c WHERE c.relnamespace = $1::oid AND c.relkind = 'f'`,
  `SELECT 'extension', e.extname, 'CREATE EXTENSION ' || quote_ident(e.extname)
     FROM pg_extension e WHERE e.extnamespace = $1::oid AND e.extname <> 'plpgsql'`,
];

/** Everything in a schema that is no table, by kind and name. */
export async function othersIn(link: Link, schema: string): Promise<OtherObject[]> {
  const oid = await link.cell('SELECT oid FROM pg_namespace WHERE nspname = $1', [schema]);
  if (oid === undefined) return [];
  const found: OtherObject[] = [];
  for (const query of queries) {
    const rows = await link.rows(withExtensions(query), [oid]);
    found.push(
      ...rows.map(([kind, name, sql]) => ({ kind: kind as string, name: name as string, sql: (sql as string).trim() })),
    );
  }
  const order = (one: OtherObject): string => `${one.kind} ${one.name}`;
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function withExtensions(query: string): string {
  return query.replace(
    /\$ext\('([\w.]+)', '(\w+)'\)/g,
    (_all, oid: string, catalog: string) =>
      `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = ${literal(catalog)}::regclass AND x.objid = ${oid} AND x.deptype = 'e')`,
  );
}
