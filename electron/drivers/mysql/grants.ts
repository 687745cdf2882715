import type { Endpoint, GrantNeeds, WrittenTable } from '../relational.ts';
import { controlTables } from '../shared/ours.ts';
import { literal, quote } from './names.ts';
import { mysqlEndpoint } from './open.ts';

const structureRights =
  'CREATE, DROP, ALTER, INDEX, REFERENCES, TRIGGER, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE, EXECUTE';

/** Statements that give the connection's user what the plan needs, and nothing more. The host part is to be narrowed. */
export function grantStatements(to: Endpoint, needs: GrantNeeds): readonly string[] {
  const { fields } = mysqlEndpoint(to);
  const database = fields['database'] ?? '';
  const user = `${literal(fields['user'] ?? 'user')}@'%'`;
  // In the place of a database _ and % are patterns, except in grants on a single table.
  const all = `${quote(database.replaceAll(/[_%]/g, '\\$&'))}.*`;
  const read = `GRANT SELECT, SHOW VIEW ON ${all} TO ${user};`;
  if (needs.access === 'read') return [read];
  // The dry run works in a database of its own, made from the structure of this one.
  const scratch = `GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, ${structureRights} ON \`overland\\_scratch\\_%\`.* TO ${user};`;
  // Triggers and their text are seen only with the right to make them.
  if (needs.structure)
    return [`GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, ${structureRights} ON ${all} TO ${user};`, scratch];
  return [
    `GRANT SELECT, SHOW VIEW, TRIGGER ON ${all} TO ${user};`,
    ...needs.writes
      .filter(({ exists }) => exists !== false)
      .map(({ table, mode }) => `GRANT ${rowRights(mode)} ON ${quote(database)}.${quote(table)} TO ${user};`),
    ...controlTables.map(
      (table) =>
        `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON ${quote(database)}.${table} TO ${user};`,
    ),
    scratch,
  ];
}

/** Rows are read for the digest, and what was inserted is deleted by a rollback. */
function rowRights(mode: WrittenTable['mode']): string {
  return mode === 'insert' ? 'SELECT, INSERT, DELETE' : 'SELECT, INSERT, UPDATE, DELETE';
}
