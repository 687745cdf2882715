import type { ColumnInfo } from '../relational.ts';
import { rowsByTable } from './by-table.ts';
import type { Link, TextRow } from './link.ts';
import { canonicalOf, TypeNames } from './types.ts';

/** Columns of several tables, in order. */
export async function columnsByTable(link: Link, oids: readonly string[]): Promise<(oid: string) => ColumnInfo[]> {
  const rows = await rowsByTable(
    link,
    `WITH RECURSIVE base(attrelid, attnum, typ, modifier) AS (
       SELECT attrelid, attnum, atttypid, atttypmod FROM pg_attribute WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped
       UNION ALL SELECT b.attrelid, b.attnum, t.typbasetype, CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
         FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype = 'd')
     SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), b.typ, b.modifier, a.attnotnull OR dt.typnotnull,
            pg_get_expr(d.adbin, d.adrelid, true), a.attgenerated, a.attidentity,
            CASE WHEN a.attcollation <> dt.typcollation THEN (SELECT quote_ident(collname) FROM pg_collation WHERE oid = a.attcollation) END,
            col_description(a.attrelid, a.attnum),
            (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = b.typ),
            pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) IS NOT NULL
              AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'
       FROM pg_attribute a
       JOIN base b ON b.attrelid = a.attrelid AND b.attnum = a.attnum JOIN pg_type bt ON bt.oid = b.typ AND bt.typtype <> 'd'
       JOIN pg_type dt ON dt.oid = a.atttypid
       JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      ORDER BY a.attrelid, a.attnum`,
    oids,
  );
  const names = new TypeNames();
  await names.fetch(
    link,
    oids.flatMap((oid) => rows(oid).map((row) => Number(row[3]))),
  );
  return (oid) => rows(oid).map((row) => columnOf(row, names));
}

function columnOf(row: TextRow, names: TypeNames): ColumnInfo {
  const [
    ,
    name,
    declaredType,
    type,
    modifier,
    notNull,
    expression,
    generated,
    identity,
    collation,
    comment,
    labels,
    serial,
  ] = row;
  const isGenerated = generated === 's' || generated === 'v';
  return {
    name: name as string,
    declaredType: declaredType as string,
    type: canonicalOf(Number(type), Number(modifier), names),
    nullable: notNull !== 't',
    defaultText: isGenerated ? null : (expression ?? null),
    generated: isGenerated,
    details: {
      generatedAs: isGenerated ? { expression: expression as string, stored: generated === 's' } : null,
      identity: identity === 'a' ? 'always' : identity === 'd' || serial === 't' ? 'auto' : null,
      onUpdate: null,
      collation: collation ?? null,
      comment: comment ?? null,
      labels: labels === null || labels === undefined ? null : (JSON.parse(labels) as string[]),
    },
  };
}
