import { rowsByTable } from './by-table.ts';
import type { Link, TextRow } from './link.ts';

/** What belongs to several tables and is not copied, in words. */
export async function notCarriedByTable(link: Link, oids: readonly string[]): Promise<(oid: string) => string[]> {
  const rows = await rowsByTable(
    link,
    `SELECT c.oid, c.relkind, (SELECT count(*) FROM pg_inherits WHERE inhparent = c.oid), (SELECT count(*) FROM pg_inherits WHERE inhrelid = c.oid),
            c.relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid), c.relpersistence,
            c.relacl IS NOT NULL, (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal),
            (SELECT count(*) FROM pg_rewrite WHERE ev_class = c.oid), pg_get_partkeydef(c.oid),
            (SELECT count(*) FROM pg_constraint WHERE conrelid = c.oid AND contype = 'x'), pg_get_userbyid(c.relowner) = current_user
       FROM pg_class c WHERE c.oid = ANY ($1::oid[])`,
    oids,
  );
  return (oid) => rows(oid).flatMap(notCarried);
}

function notCarried(row: TextRow): string[] {
  const [
    ,
    kind,
    children,
    parents,
    security,
    policies,
    persistence,
    grants,
    triggers,
    rules,
    partition,
    exclusions,
    ownedByUs,
  ] = row;
  const some = (count: string | null | undefined, words: string): string[] =>
    Number(count) > 0 ? [`${count} ${words}`] : [];
  return [
    ...(kind === 'p'
      ? [`partitioned by ${partition}, ${children} partitions; their rows are read as rows of the table`]
      : []),
    ...(kind === 'r' ? some(children, 'tables inherit from it and are read as tables of their own') : []),
    ...some(parents, 'tables that it inherits from'),
    ...(security === 't' ? ['row-level security'] : []),
    ...some(policies, 'policies'),
    ...(persistence === 'u' ? ['it is unlogged'] : []),
    ...(grants === 't' ? ['grants'] : []),
    ...some(triggers, 'triggers'),
    ...some(rules, 'rules'),
    ...some(exclusions, 'exclusion constraints'),
    ...(ownedByUs === 'f' ? ['its owner'] : []),
  ];
}
