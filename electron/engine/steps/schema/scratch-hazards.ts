import type { Catalog, Endpoint } from '../../../drivers/relational.ts';
import type { Pending } from './rehearsal.ts';
import { splitScript } from './script.ts';
import { codeOf, withoutComments } from './statement-kind.ts';

/** Statements that reach beyond one schema or database, whatever the connection points to. */
const beyond =
  /^(?:(?:CREATE|ALTER|DROP)\s+(?:DATABASE|SCHEMA|ROLE|USER|TABLESPACE|EXTENSION|SERVER|PUBLICATION|SUBSCRIPTION|EVENT\s+TRIGGER|LANGUAGE|CAST)\b|ALTER\s+SYSTEM\b|GRANT\b|REVOKE\b|SET\s+(?:LOCAL\s+|SESSION\s+)?(?:search_path|GLOBAL|PERSIST)\b|FLUSH\b|INSTALL\b|UNINSTALL\b|RESET\s+(?:MASTER|SLAVE|REPLICA)\b|DO\b|CALL\b|COMMENT\s+ON\s+(?:DATABASE|SCHEMA|ROLE)\b|REASSIGN\b|SECURITY\b|IMPORT\b)/i;

/**
 * Why the scripts cannot be rehearsed beside the target, in words; null when they stay in the scratch place. A name that says
 * its schema or database would reach the real one.
 */
export function leavesScratch(endpoint: Endpoint, pending: readonly Pending[], target: Catalog): string | null {
  const tables = new Set(target.tables.map((table) => table.name.toLowerCase()));
  for (const { migration } of pending) {
    for (const [sql, offset, file] of [
      [migration.up, migration.upOffset, migration.file],
      [migration.down ?? '', migration.downOffset, migration.downFile],
    ] as const) {
      for (const statement of splitScript(endpoint.engine, sql)) {
        const place = `${file}:${statement.line + (migration.inJson ? 0 : offset)}`;
        const words = beyond.exec(withoutComments(statement.text))?.[0];
        if (words) return `${place} has ${words.toUpperCase()}, which reaches beyond a scratch place.`;
        const name = qualifiedName(codeOf(statement.text), tables);
        if (name) return `${place} names ${name}, which says where it is.`;
      }
    }
  }
  return null;
}

/** The first `a.b` after a word that takes an object; `t.column` and names that the statement makes itself are none. */
function qualifiedName(code: string, tables: ReadonlySet<string>): string | null {
  const part = String.raw`(?:"[^"]+"|${'`'}[^${'`'}]+${'`'}|[\p{L}_][\p{L}\p{N}_$]*)`;
  const words =
    'TABLE|INTO|FROM|JOIN|UPDATE|REFERENCES|ON|VIEW|INDEX|TRIGGER|FUNCTION|PROCEDURE|SEQUENCE|TYPE|DOMAIN|EXISTS|ONLY|TO|USING|TRUNCATE';
  const pattern = new RegExp(String.raw`\b(?:${words})\s+(${part})\s*\.\s*(${part})`, 'giu');
  for (const found of code.matchAll(pattern)) {
    const first = found[1]!.replace(/["`]/g, '').toLowerCase();
    if (!tables.has(first) && !/^(?:old|new|excluded|pg_catalog)$/.test(first) && !isAlias(code, first))
      return `${found[1]}.${found[2]}`;
  }
  return null;
}

/** `JOIN b ON a.id = b.id`: a stands for a table of the statement. */
function isAlias(code: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(
    String.raw`(?:FROM|JOIN|UPDATE|INTO|TABLE|,)\s+[\w"${'`'}]+\s+(?:AS\s+)?["${'`'}]?${escaped}\b|(?:FROM|JOIN|UPDATE|INTO|TABLE|EXISTS|ON)\s+["${'`'}]?${escaped}["${'`'}]?(?!\s*\.|\w)`,
    'i',
  ).test(code);
}
