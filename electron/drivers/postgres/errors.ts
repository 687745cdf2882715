import { type DbError, DbFailure } from '../relational.ts';

export type Place = {
  readonly statement?: string;
  readonly table?: string;
  readonly column?: string;
  readonly row?: number;
  readonly line?: number;
  readonly excerpt?: string;
};

/** What a server says beside the message; https://www.postgresql.org/docs/current/protocol-error-fields.html. */
export type ServerError = Error & {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly position?: string;
};

/** Longest statement text that an error carries. */
const longestStatement = 2000;

export function dbFailure(thrown: unknown, place: Place = {}): DbFailure {
  if (thrown instanceof DbFailure) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as ServerError;
  const code = codeOf(error);
  const dbError: DbError = {
    message: withHint(error),
    code,
    kind: (error as { readonly kind?: DbError['kind'] }).kind ?? kindOf(code, error.message),
    statement: place.statement?.slice(0, longestStatement) ?? null,
    table: place.table ?? error.table ?? null,
    column: place.column ?? error.column ?? columnsOfDetail(error.detail),
  };
  return new DbFailure(dbError, {
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

/** By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html, or the code of a broken socket. */
export function kindOf(code: string | null, message = ''): DbError['kind'] {
  if (code === null) return 'permanent';
  if (/^(22|23|44)...$/.test(code) || code === 'P0001') return 'data';
  // 54000: a row or an index entry that is too big for a page.
  if (code === '54000') return 'data';
  if (code === '53100' || code === 'ENOSPC') return 'space';
  if (code === '58030' && /no space left|quota/i.test(message)) return 'space';
  if (code === '55P03' || code === '55006') return 'locked';
  if (/^(40001|40P01|57P0[1235]|57014|53200|53300|25P03|57P05)$/.test(code)) return 'transient';
  if (code.startsWith('08') || sockets.has(code)) return 'transient';
  return 'permanent';
}

const sockets = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTCONN',
]);

/** Whether the connection is of no use after this error. */
export function isLost(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code !== null && (code.startsWith('08') || sockets.has(code) || /^57P0[1235]$/.test(code));
}

export function codeOf(thrown: unknown): string | null {
  if (thrown instanceof DbFailure) return thrown.error.code;
  const { code, message } = (thrown ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return code;
  // What the client library says without a code when the server is gone.
  return typeof message === 'string' &&
    /^(Connection terminated|Client has encountered a connection error)/.test(message)
    ? '08006'
    : null;
}

function withHint(error: ServerError): string {
  const detail = error.detail && !error.detail.startsWith('Failing row contains') ? ` ${sentence(error.detail)}` : '';
  return `${error.message}${detail ? `.${detail}` : ''}`;
}

function sentence(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}...` : text;
}

/** First column of "Key (a, b)=(1, x) already exists." */
function columnsOfDetail(detail: string | undefined): string | null {
  return /^Key \("?([^,")]+)"?[,)]/.exec(detail ?? '')?.[1] ?? null;
}
