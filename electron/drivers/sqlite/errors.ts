import { HelperFailure } from '../../platform/helper/protocol.ts';
import { type DbError, DbFailure } from '../relational.ts';

type Place = { readonly statement?: string; readonly table?: string; readonly column?: string };

/** Longest statement text that an error carries. */
const longestStatement = 2000;

/** What SQLite, the file system or a helper process said, as an error with a kind that tells what to do about it. */
function toDbError(thrown: unknown, place: Place = {}): DbError {
  if (thrown instanceof DbFailure) return thrown.error;
  if (thrown instanceof HelperFailure && isDbError(thrown.detail)) return thrown.detail;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = codeOf(thrown);
  const named = namedIn(error.message);
  return {
    message: error.message,
    code,
    kind: (thrown as { readonly kind?: DbError['kind'] }).kind ?? kindOf(code),
    statement: place.statement?.slice(0, longestStatement) ?? null,
    table: place.table ?? named?.table ?? null,
    column: place.column ?? named?.column ?? null,
  };
}

export function dbFailure(
  thrown: unknown,
  place: Place & { readonly row?: number; readonly line?: number; readonly excerpt?: string } = {},
): DbFailure {
  if (thrown instanceof DbFailure) return thrown;
  return new DbFailure(toDbError(thrown, place), {
    cause: thrown,
    ...(place.row === undefined ? {} : { row: place.row }),
    ...(place.line === undefined ? {} : { line: place.line }),
    ...(place.excerpt === undefined ? {} : { excerpt: place.excerpt }),
  });
}

/** A failure that we found ourselves, before or instead of SQLite. */
export function ownFailure(
  code: string,
  kind: DbError['kind'],
  message: string,
  place: Place & { readonly row?: number; readonly line?: number; readonly excerpt?: string } = {},
): DbFailure {
  return dbFailure(Object.assign(new Error(message), { code: `OVERLAND_${code}`, kind }), place);
}

export function kindOf(code: string | null): DbError['kind'] {
  if (code === null) return 'permanent';
  if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code)) return 'data';
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'locked';
  if (/^SQLITE_FULL/.test(code) || code === 'ENOSPC' || code === 'EDQUOT') return 'space';
  if (/^SQLITE_(INTERRUPT|PROTOCOL|NOMEM|SCHEMA)|^SQLITE_IOERR_(SHORT_READ|LOCK|BLOCKED)/.test(code))
    return 'transient';
  return 'permanent';
}

/** Whether trying again later may do: another process holds the file. */
export function isBusy(thrown: unknown): boolean {
  return kindOf(codeOf(thrown)) === 'locked';
}

export function codeOf(thrown: unknown): string | null {
  if (thrown instanceof DbFailure) return thrown.error.code;
  if (thrown instanceof HelperFailure) {
    const detail = thrown.detail as { readonly code?: unknown } | null;
    return typeof detail?.code === 'string' ? detail.code : null;
  }
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/** Table and first column of "UNIQUE constraint failed: t.a, t.b" and "cannot store TEXT value in INTEGER column t.a". */
function namedIn(message: string): { readonly table: string; readonly column: string } | null {
  const found =
    /^(?:UNIQUE|NOT NULL) constraint failed: ([^.,]+)\.([^,]+)/.exec(message) ??
    /^cannot store \w+ value in \w+ column ([^.,]+)\.(.+)$/.exec(message);
  return found ? { table: found[1] as string, column: found[2] as string } : null;
}

function isDbError(detail: unknown): detail is DbError {
  return typeof detail === 'object' && detail !== null && 'kind' in detail && 'message' in detail;
}
