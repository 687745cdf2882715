import type { RelationalSession } from '../../../drivers/relational.ts';
import { namePattern } from './lock-parts.ts';
import type { Pending } from './rehearsal.ts';
import { splitScript } from './script.ts';
import { codeOf, withoutComments } from './statement-kind.ts';

/** Statements that reach beyond one database, whatever the connection points to. */
const beyondDatabase =
  /^(?:(?:CREATE|ALTER|DROP)\s+(?:DATABASE|ROLE|USER|GROUP|TABLESPACE|SERVER|SUBSCRIPTION)\b|ALTER\s+SYSTEM\b|(?:GRANT|REVOKE)\b|SET\s+(?:GLOBAL|PERSIST)\b|FLUSH\b|INSTALL\b|UNINSTALL\b|RESET\s+(?:MASTER|SLAVE|REPLICA)\b|COMMENT\s+ON\s+(?:DATABASE|ROLE|TABLESPACE)\b|REASSIGN\b)/i;
/** The same for a schema of PostgreSQL that lies beside the real one. */
const beyondSchema =
  /^(?:(?:CREATE|ALTER|DROP)\s+(?:SCHEMA|EXTENSION|PUBLICATION|EVENT\s+TRIGGER|LANGUAGE|CAST)\b|SET\s+(?:LOCAL\s+|SESSION\s+)?search_path\b|DO\b|CALL\b|COMMENT\s+ON\s+SCHEMA\b|SECURITY\b|IMPORT\b)/i;

/**
 * Why the scripts cannot be rehearsed on the target's own server, in words with the place; null when they stay in the scratch
 * place. On PostgreSQL that is a database of its own where the user may make one, else a schema.
 */
export async function leavesScratch(
  session: RelationalSession,
  pending: readonly Pending[],
  signal: AbortSignal,
): Promise<string | null> {
  const { engine } = session.endpoint;
  const besideReal = engine === 'postgres' && !(await mayMakeDatabase(session, signal));
  for (const { migration } of pending) {
    for (const [sql, offset, file] of [
      [migration.up, migration.upOffset, migration.file],
      [migration.down ?? '', migration.downOffset, migration.downFile],
    ] as const) {
      for (const statement of splitScript(engine, sql)) {
        const place = `${file}:${statement.line + (migration.inJson ? 0 : offset)}`;
        const bare = withoutComments(statement.text);
        const words = beyondDatabase.exec(bare)?.[0] ?? (besideReal ? beyondSchema.exec(bare)?.[0] : undefined);
        if (words) return `${place} has ${words.toUpperCase()}, which reaches beyond a scratch place.`;
        const name = engine === 'mysql' ? qualifiedName(codeOf(statement.text)) : null;
        if (name) return `${place} names ${name} with its database.`;
      }
    }
  }
  return null;
}

async function mayMakeDatabase(session: RelationalSession, signal: AbortSignal): Promise<boolean> {
  const sql = 'SELECT (rolcreatedb OR rolsuper)::int FROM pg_roles WHERE rolname = current_user';
  return Number((await session.query(sql, 1, signal)).rows[0]?.[0] ?? 0) === 1;
}

/** The first name with a database where a table, view, trigger or routine must stand; the server checks all else. */
function qualifiedName(code: string): string | null {
  const words =
    'TABLE(?:\\s+IF(?:\\s+NOT)?\\s+EXISTS)?|VIEW(?:\\s+IF(?:\\s+NOT)?\\s+EXISTS)?|INTO|FROM|JOIN|UPDATE|REFERENCES|TRIGGER|FUNCTION|PROCEDURE|EVENT|TRUNCATE|RENAME\\s+TO|INDEX\\s+\\S+\\s+ON';
  for (const found of code.matchAll(new RegExp(`\\b(?:${words})\\s+${namePattern}`, 'giu')))
    if (/^(?:`[^`]+`|"[^"]+"|[^.`"]+)\./.test(found[1]!)) return found[1]!;
  return null;
}
