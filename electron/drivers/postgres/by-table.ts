import type { Link, TextRow } from './link.ts';

/** Rows of a statement about several tables, by table: `$1` are the tables, its first column is the oid of one of them. */
export async function rowsByTable(
  link: Link,
  sql: string,
  oids: readonly string[],
): Promise<(oid: string) => readonly TextRow[]> {
  const found = new Map<string, TextRow[]>(oids.map((oid) => [oid, []]));
  if (oids.length > 0)
    for (const row of await link.rows(sql, [`{${oids.join(',')}}`])) found.get(row[0] as string)?.push(row);
  return (oid) => found.get(oid) ?? [];
}
