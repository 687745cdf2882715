import type { Endpoint, GrantNeeds, WrittenTable } from '../relational.ts';
import { quote } from './names.ts';
import { postgresEndpoint } from './open.ts';

/** Statements that give the connection's user what the plan needs, and nothing more. For the owner of the database. */
export function grantStatements(to: Endpoint, needs: GrantNeeds): readonly string[] {
  const { fields } = postgresEndpoint(to);
  const name = fields['user'] ?? 'user';
  const user = quote(name);
  const database = quote(fields['database'] ?? name);
  const schema = quote(fields['schema'] ?? 'public');
  // Plan and validation count every table; views may stand for tables. A backup saves where the sequences stand.
  const read = [
    `GRANT CONNECT ON DATABASE ${database} TO ${user};`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${user};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${user};`,
    `GRANT SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${user};`,
  ];
  if (needs.access === 'read') return read;
  const write = needs.writes
    .filter(({ exists }) => exists !== false)
    .map((one) => tableGrant(schema, user, needs, one));
  return [
    ...read,
    // CREATE: the schema "overland" for the tables of the run, and a scratch schema for the dry run. TEMPORARY: upserts.
    `GRANT CREATE, TEMPORARY ON DATABASE ${database} TO ${user};`,
    `GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${user};`,
    ...write,
    ...(needs.structure
      ? [
          `GRANT CREATE ON SCHEMA ${schema} TO ${user};`,
          `-- A migration that changes a table that is there needs its owner: GRANT owner_of_the_table TO ${user};`,
        ]
      : []),
  ];
}

/** UPDATE in any mode: an undo locks the rows that it compares, which takes that right. */
function tableGrant(schema: string, user: string, needs: GrantNeeds, { table, exists }: WrittenTable): string {
  const statement = `GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.${quote(table)} TO ${user};`;
  return exists === null && needs.structure ? `-- If it is there before the run: ${statement}` : statement;
}
