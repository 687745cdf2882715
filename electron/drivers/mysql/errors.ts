import { type DbError, DbFailure } from '../relational.ts';

type Place = {
  readonly statement?: string;
  readonly table?: string;
  readonly column?: string;
  readonly row?: number;
  readonly line?: number;
  readonly excerpt?: string;
};

/** What mysql2 throws: `errno` is the server's number, `code` mysql2's name for it or the operating system's. */
type ServerError = Error & {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
  readonly fatal?: boolean;
};

/** Longest statement text that an error carries. */
const longestStatement = 2000;

export function dbFailure(thrown: unknown, place: Place = {}): DbFailure {
  if (thrown instanceof DbFailure) return thrown;
  return new DbFailure(toDbError(thrown, place), {
    cause: thrown,
    ...(place.row === undefined ? {} : { row: place.row }),
    ...(place.line === undefined ? {} : { line: place.line }),
    ...(place.excerpt === undefined ? {} : { excerpt: place.excerpt }),
  });
}

/** A failure that we found ourselves, before or instead of the server. */
export function ownFailure(code: string, kind: DbError['kind'], message: string, place: Place = {}): DbFailure {
  return dbFailure(Object.assign(new Error(message), { code: `OVERLAND_${code}`, kind }), place);
}

function toDbError(thrown: unknown, place: Place): DbError {
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as ServerError;
  const message = error.sqlMessage ?? error.message;
  const named = namedIn(message);
  return {
    message,
    code: codeOf(error),
    kind: (error as { readonly kind?: DbError['kind'] }).kind ?? kindOf(error),
    statement: place.statement?.slice(0, longestStatement) ?? null,
    table: place.table ?? named.table,
    column: place.column ?? named.column,
  };
}

export function codeOf(thrown: unknown): string | null {
  if (thrown instanceof DbFailure) return thrown.error.code;
  const { code, errno } = (thrown ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  // From 4000 on MariaDB and MySQL number apart, and mysql2 knows the names of the latter.
  const named = typeof code === 'string' && !/^UNKNOWN/.test(code) && !(typeof errno === 'number' && errno >= 4000);
  if (named) return code;
  return typeof errno === 'number' ? `MYSQL_${errno}` : null;
}

export function errnoOf(thrown: unknown): number | null {
  const cause = thrown instanceof DbFailure ? thrown.cause : thrown;
  const errno = (cause as { readonly errno?: unknown } | null)?.errno;
  return typeof errno === 'number' ? errno : null;
}

/** This row is refused, another may pass. */
const dataErrors = new Set([
  1048, 1062, 1118, 1153, 1169, 1216, 1217, 1261, 1262, 1263, 1264, 1265, 1292, 1300, 1364, 1365, 1366, 1367, 1406,
  1411, 1416, 1451, 1452, 1526, 1557, 1586, 1644, 1690, 1761, 1762, 3140, 3141, 3156, 3819, 4025, 4078,
]);
/** The same may succeed later: deadlock, lock wait, ended or interrupted connection, a table changed meanwhile. */
const transientErrors = new Set([
  1020, 1040, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1317, 1412, 1615, 1927, 1969, 2006, 2013, 2055, 3024,
  3101, 4031,
]);
const spaceErrors = new Set([1021, 1114]);
const transientCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export function kindOf(error: ServerError): DbError['kind'] {
  const { errno, code, sqlState } = error;
  if (errno !== undefined && errno > 0) {
    // Whatever failed to write: the file system says that it is full.
    if (spaceErrors.has(errno) || /errno: 28\b|error 28\b|No space left/i.test(error.message)) return 'space';
    if (errno === 3572) return 'locked';
    if (transientErrors.has(errno)) return 'transient';
    if (dataErrors.has(errno) || sqlState === '45000') return 'data';
  }
  if (code === 'ENOSPC') return 'space';
  return code !== undefined && transientCodes.has(code) ? 'transient' : 'permanent';
}

/** Whether the connection is gone with this error. */
export function isLost(thrown: unknown): boolean {
  const error = (thrown instanceof DbFailure ? thrown.cause : thrown) as ServerError | null;
  if (error?.fatal === true) return true;
  if (error?.code !== undefined && transientCodes.has(error.code)) return true;
  return [1053, 1153, 1927, 2006, 2013, 2055, 4031].includes(error?.errno ?? 0);
}

/** Whether the server has rolled the whole transaction back, not only the statement. */
export function endsTransaction(thrown: unknown): boolean {
  return isLost(thrown) || [1213, 1205, 1020, 1180].includes(errnoOf(thrown) ?? 0);
}

/** The row, from 1, that "... for column 'x' at row 3" names within its statement. */
export function rowIn(message: string): number | null {
  const found = /\bat row (\d+)\s*$/.exec(message);
  return found ? Number(found[1]) : null;
}

/** Name of the key in "Duplicate entry 'x' for key 't.name'". */
export function keyIn(message: string): string | null {
  const found = /^Duplicate entry [\s\S]* for key '(?:[^']*\.)?([^'.]+)'$/.exec(message);
  return found?.[1] ?? null;
}

function namedIn(message: string): { readonly table: string | null; readonly column: string | null } {
  const full = /\bcolumn `[^`]*`\.`([^`]*)`\.`([^`]*)`/.exec(message);
  if (full) return { table: full[1] ?? null, column: full[2] ?? null };
  const foreign = /`[^`]*`\.`([^`]*)`, CONSTRAINT `[^`]*` FOREIGN KEY \(`([^)]*)`\)/.exec(message);
  if (foreign) return { table: foreign[1] ?? null, column: (foreign[2] ?? '').replaceAll('`', '') };
  const checked = /CONSTRAINT `[^`]*` failed for `[^`]*`\.`([^`]*)`/.exec(message);
  if (checked) return { table: checked[1] ?? null, column: null };
  const column = /(?:^Column|\bcolumn|^Field) '([^']*)'/.exec(message);
  return { table: null, column: column?.[1] ?? null };
}
