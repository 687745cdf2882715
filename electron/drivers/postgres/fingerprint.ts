import { createHash } from 'node:crypto';
import type { Fingerprint } from '../relational.ts';
import { tableNames } from './catalog.ts';
import type { Link } from './link.ts';
import { othersIn } from './others.ts';
import { findRelation, fromOf, type Relation } from './relation.ts';
import { sequencesOf, stateOf } from './sequences.ts';
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
  return `${count}:${BigInt.asUintN(64, BigInt(sum)).toString(16).padStart(16, '0')}${await sequenceStates(link, relation)}`;
}

async function markersOf(link: Link, relation: Relation): Promise<string> {
  const [row] = await link.rows(
    `SELECT count(*), coalesce(sum(overland_row.xmin::text::bigint), 0) FROM ${fromOf(relation)} overland_row`,
  );
  const [count, sum] = row as [string, string];
  return `${count} ${BigInt(sum).toString(36)}`;
}

/** Where the sequences stand that number columns of this table. */
async function sequenceStates(link: Link, relation: Relation): Promise<string> {
  const states: string[] = [];
  for (const { sequence } of await sequencesOf(link, relation.oid)) {
    const { last, called } = await stateOf(link, sequence);
    states.push(`${last}${called ? '' : ' unused'}`);
  }
  return states.length > 0 ? ` next ${states.join(', ')}` : '';
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
