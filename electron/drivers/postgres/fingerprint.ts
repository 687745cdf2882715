import { createHash } from 'node:crypto';
import type { Fingerprint } from '../relational.ts';
import { tableNames } from './catalog.ts';
import type { Link } from './link.ts';
import { othersIn } from './others.ts';
import { findRelation, fromOf, type Relation } from './relation.ts';
import { tableSql } from './structure.ts';

type Part = { readonly object: string; readonly value: string };

/**
 * `exact`: structure, count and a digest of all rows, and where sequences stand. `markers`: structure, count, and the sum of
 * the transactions that wrote the rows there are: any insert, update or delete changes it, and it reads no stored value.
 */
export async function fingerprintOf(
  link: Link,
  schema: string,
  tables: readonly string[] | null,
  strength: 'exact' | 'markers',
  signal?: AbortSignal,
): Promise<Fingerprint> {
  const parts: Part[] = [];
  for (const name of await tableNames(link, schema, tables)) {
    signal?.throwIfAborted();
    const relation = await findRelation(link, schema, name);
    if (!relation) continue;
    const structure = sha256(await tableSql(link, relation.oid)).slice(0, 16);
    const content = strength === 'exact' ? await contentOf(link, relation) : await markersOf(link, relation);
    parts.push({ object: name, value: `${structure} ${content}` });
  }
  if (tables === null) {
    const others = sha256(JSON.stringify(await othersIn(link, schema))).slice(0, 16);
    parts.push({ object: 'views, routines, types', value: others });
  }
  return { strength, value: sha256(JSON.stringify(parts)), parts };
}

async function contentOf(link: Link, relation: Relation): Promise<string> {
  const [row] = await link.rows(
    `SELECT count(*), coalesce(sum(hashtextextended(overland_row::text, 0)::numeric), 0) FROM ${fromOf(relation)} overland_row`,
  );
  const [count, sum] = row as [string, string];
  return `${count}:${BigInt.asUintN(64, BigInt(sum)).toString(16).padStart(16, '0')}${await sequencesOf(link, relation)}`;
}

async function markersOf(link: Link, relation: Relation): Promise<string> {
  const [row] = await link.rows(
    `SELECT count(*), coalesce(sum(overland_row.xmin::text::bigint), 0) FROM ${fromOf(relation)} overland_row`,
  );
  const [count, sum] = row as [string, string];
  return `${count} ${BigInt(sum).toString(36)}`;
}

/** Where the sequences stand that number columns of this table. */
async function sequencesOf(link: Link, relation: Relation): Promise<string> {
  const rows = await link.rows(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(s.relname) FROM pg_depend d
       JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid
        AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') ORDER BY 1`,
    [relation.oid],
  );
  const states: string[] = [];
  for (const [name] of rows) {
    const [state] = await link.rows(`SELECT last_value, is_called FROM ${name}`);
    states.push(`${state?.[0]}${state?.[1] === 't' ? '' : ' unused'}`);
  }
  return states.length > 0 ? ` next ${states.join(', ')}` : '';
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
