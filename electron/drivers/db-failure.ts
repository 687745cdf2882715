/** What a database answered. `data`: this row is refused, another may pass; `transient`: the same may succeed later. */
export type DbError = {
  readonly message: string;
  /** The engine's own code, for example SQLITE_CONSTRAINT_UNIQUE. */
  readonly code: string | null;
  readonly kind: 'data' | 'transient' | 'permanent' | 'space' | 'locked';
  readonly statement: string | null;
  readonly table: string | null;
  readonly column: string | null;
};

/** An error of a database, shown where it happened. */
export class DbFailure extends Error {
  readonly error: DbError;
  readonly line: number | null;
  /** Of `load`: position, from 0, of the row that was refused among all rows given to that call. */
  readonly row: number | null;
  /** Of a script: the line with a caret under the place, as text of a few lines. */
  readonly excerpt: string | null;

  constructor(
    error: DbError,
    options: {
      readonly line?: number;
      readonly row?: number;
      readonly excerpt?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(error.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DbFailure';
    this.error = error;
    this.line = options.line ?? null;
    this.row = options.row ?? null;
    this.excerpt = options.excerpt ?? null;
  }
}
