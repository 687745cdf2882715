import type { RelationalDriver } from '../../../drivers/relational.ts';

export type Engine = RelationalDriver['engine'];

/** What running a statement means for the transaction around it. */
export type StatementKind = {
  /**
   * `inside`: runs in a transaction with its record. `outside`: commits by itself or is refused in a transaction.
   * `setting`: changes the session only. `forbidden`: would take the transaction away from us.
   */
  readonly runs: 'inside' | 'outside' | 'setting' | 'forbidden';
  /** The words it begins with, in capitals, for sentences. */
  readonly words: string;
  /** Running it a second time changes nothing more, so that it may be repeated after a crash. */
  readonly repeatable: boolean;
};

const ends = /^(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION|XA)\b/i;
const forbidden: Readonly<Record<Engine, RegExp>> = {
  sqlite: /^(?:ATTACH|DETACH)\b/i,
  postgres:
    /^(?:\\\S+|COPY\b[\s\S]*\bFROM\s+STDIN\b|DISCARD\b|SET\s+(?:LOCAL\s+|SESSION\s+)?(?:ROLE|SESSION\s+AUTHORIZATION)\b)/i,
  mysql:
    /^(?:USE\b|LOCK\s+TABLES?|UNLOCK\s+TABLES?|SET\s+(?:SESSION\s+|@@(?:SESSION\.)?)?autocommit\b|SOURCE\b|CREATE\s+TEMPORARY\b)/i,
};
const outside: Readonly<Record<Engine, RegExp>> = {
  sqlite: /^(?:VACUUM\b|PRAGMA\s+(?:\w+\s*\.\s*)?(?:journal_mode|auto_vacuum|page_size|encoding|foreign_keys)\b)/i,
  postgres:
    /^(?:VACUUM\b|(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX\s+CONCURRENTLY\b|REINDEX\b[\s\S]*\bCONCURRENTLY\b|REINDEX\s+(?:\([^)]*\)\s*)?(?:DATABASE|SYSTEM)\b|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)\b|ALTER\s+SYSTEM\b|ALTER\s+DATABASE\b[\s\S]*\bSET\s+TABLESPACE\b|ALTER\s+TABLE\b[\s\S]*\bDETACH\s+PARTITION\b[\s\S]*\bCONCURRENTLY\b|CLUSTER\s*;?\s*$)/i,
  mysql:
    /^(?:CREATE|ALTER|DROP|RENAME|TRUNCATE|ANALYZE|OPTIMIZE|REPAIR|CHECK|GRANT|REVOKE|FLUSH|INSTALL|UNINSTALL|RESET|CACHE|LOAD\s+INDEX|SET\s+PASSWORD|SET\s+DEFAULT\s+ROLE)\b/i,
};
/** ALTER TYPE ... ADD VALUE may stand in a transaction since PostgreSQL 12, but the value cannot be used before the commit. */
const addsValue = /^ALTER\s+TYPE\b[\s\S]*\bADD\s+VALUE\b/i;
const repeatable =
  /^(?:VACUUM|REINDEX|ANALYZE|OPTIMIZE|REPAIR|CHECK|TRUNCATE|GRANT|REVOKE|FLUSH|PRAGMA|CLUSTER|RESET|REFRESH|ALTER\s+SYSTEM|CACHE|SET\s+PASSWORD|CREATE\s+OR\s+REPLACE|COMMENT)\b|^(?:CREATE|ALTER|DROP)\b[\s\S]*?\bIF\s+(?:NOT\s+)?EXISTS\b/i;

export function kindOfStatement(engine: Engine, text: string): StatementKind {
  const bare = withoutComments(text);
  const words = (/^[A-Za-z]+(?:\s+[A-Za-z]+){0,3}/.exec(bare)?.[0] ?? bare.slice(0, 20))
    .replace(/\s+/g, ' ')
    .toUpperCase();
  const runs =
    (ends.test(bare) && !isBlockEnd(bare)) || forbidden[engine].test(bare)
      ? 'forbidden'
      : outside[engine].test(bare)
        ? 'outside'
        : engine !== 'sqlite' && /^(?:SET|RESET)\b/i.test(bare) && !/^SET\s+CONSTRAINTS\b/i.test(bare)
          ? 'setting'
          : 'inside';
  return { runs, words, repeatable: repeatable.test(bare) };
}

/** Adds a label to an enumeration of PostgreSQL. */
export function addsEnumValue(text: string): boolean {
  return addsValue.test(withoutComments(text));
}

/** Without white space and comments in front. MySQL's executable comments stay. */
export function withoutComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|\/\*(?!M?!)[\s\S]*?\*\/)+/, '');
}

/** The same text with strings and comments emptied, so that words in them are not taken for SQL. */
export function codeOf(text: string): string {
  return text
    .replace(/--[^\n]*|#[^\n]*(?=\n|$)|\/\*(?!M?!)[\s\S]*?\*\//g, (found) => (found.startsWith('#') ? found : ' '))
    .replace(/'(?:[^'\\]|''|\\[\s\S])*'/g, "''")
    .replace(/\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/g, "''");
}

/** BEGIN NOT ATOMIC of MariaDB is a block of its own, not a transaction. */
function isBlockEnd(bare: string): boolean {
  return /^BEGIN\s+NOT\s+ATOMIC\b/i.test(bare);
}
