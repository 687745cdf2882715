import type { DbError } from '../../../drivers/relational.ts';

/** A stable word for what an engine refuses, and the sentence that names table and column. */
export type Reason = { readonly code: string; readonly message: string };

/** Why the engine refused a record. The codes are documented in docs/profile.md. */
export function reasonOf(error: DbError): Reason {
  const where = place(error);
  const own = /^OVERLAND_(\w+)$/.exec(error.code ?? '');
  if (own) return { code: own[1]!.toLowerCase(), message: `${where}: ${error.message}` };
  const text = `${error.code ?? ''} ${error.message}`.toUpperCase();
  if (/UNIQUE|PRIMARYKEY|PRIMARY KEY|DUPLICATE|ROWID|23505/.test(text)) {
    return { code: 'key_exists', message: `A row with this key is already in ${where}.` };
  }
  if (/NOTNULL|NOT NULL|NOT-NULL|23502/.test(text)) {
    return { code: 'not_null', message: `${where} takes no null.` };
  }
  if (/FOREIGN|23503/.test(text)) {
    return {
      code: 'foreign_key_missing',
      message: `A row of ${error.table ?? 'the target'} refers to a row that is not there: ${error.message}`,
    };
  }
  if (/CHECK|23514|CONSTRAINT `[^`]*` FAILED/.test(text)) {
    return { code: 'check_failed', message: `A condition of ${where} does not hold: ${error.message}` };
  }
  if (/TOOBIG|TOO BIG|TOO LARGE|22001/.test(text)) {
    return { code: 'too_big', message: `A value is longer than ${where} takes.` };
  }
  if (/MISMATCH|DATATYPE|22P02/.test(text)) {
    return { code: 'wrong_type', message: `A value has another type than ${where} takes: ${error.message}` };
  }
  return { code: 'refused_by_target', message: `${where} refused the record: ${error.message}` };
}

function place(error: DbError): string {
  if (error.table === null) return 'the target';
  return error.column === null ? error.table : `${error.table}.${error.column}`;
}
