import type pg from 'pg';
import { dbFailure, isLost, type Place } from './errors.ts';

/** A row as the server's text; null is NULL. */
export type TextRow = (string | null)[];
export type TextResult = {
  readonly rows: TextRow[];
  readonly fields: readonly pg.FieldDef[];
  readonly count: number;
  readonly command: string;
};

/** One connection. Errors leave as DbFailure; after one that lost the connection it is `lost` for good. */
export class Link {
  readonly client: pg.Client;
  /** Process of the server that answers; 0 before `start`. */
  pid = 0;
  lost = false;
  /** Statements of others ran here, which may have changed its settings: it is renewed before it serves anybody else. */
  spent = false;
  /** Encoding of the database; only SQL_ASCII holds bytes that are not valid. */
  encoding = 'UTF8';
  serverVersion = 0;
  #ended = false;
  #settings = '';

  constructor(client: pg.Client) {
    this.client = client;
    // Without a listener a connection that breaks while idle would end the process.
    client.on('error', () => {
      this.lost = true;
    });
    client.on('end', () => {
      this.lost = true;
    });
  }

  async start(settings: string): Promise<void> {
    this.#settings = settings;
    await this.query(settings);
    const { rows } = await this.query(
      `SELECT pg_backend_pid(), current_setting('server_encoding'), current_setting('server_version_num')`,
    );
    const [pid, encoding, version] = rows[0] as [string, string, string];
    this.pid = Number(pid);
    this.encoding = encoding;
    this.serverVersion = Number(version);
    // Such a database holds any bytes; asked for UTF-8 the server refuses those that are none instead of handing them over.
    if (encoding === 'SQL_ASCII') await this.query(`SET client_encoding = 'SQL_ASCII'`);
  }

  /** Takes back all that a session can keep (settings, role, temporary tables, locks), as a new connection would, in less time. */
  async renew(): Promise<void> {
    await this.query('DISCARD ALL');
    await this.query(this.#settings);
    if (this.encoding === 'SQL_ASCII') await this.query(`SET client_encoding = 'SQL_ASCII'`);
    this.spent = false;
  }

  /** Whether the process that the server named at the start is another one than answers: a pooler stands between. */
  get pooled(): boolean {
    return (this.client as unknown as { processID: number | null }).processID !== this.pid;
  }

  /** Text of all values. Without values several statements may be given; the result is that of the last. */
  async query(sql: string, values?: readonly (string | null)[], place: Place = {}): Promise<TextResult> {
    try {
      const given = await this.client.query({
        text: sql,
        rowMode: 'array',
        ...(values === undefined ? {} : { values: [...values] }),
      });
      const result = Array.isArray(given) ? given.at(-1) : given;
      return {
        rows: (result?.rows ?? []) as TextRow[],
        fields: (result?.fields ?? []) as pg.FieldDef[],
        count: (result?.rowCount as number | null | undefined) ?? 0,
        command: result?.command ?? '',
      };
    } catch (error) {
      throw this.failed(error, { statement: sql, ...place });
    }
  }

  async rows(sql: string, values?: readonly (string | null)[]): Promise<TextRow[]> {
    return (await this.query(sql, values)).rows;
  }

  /** First value of the first row; undefined when there is no row. */
  async cell(sql: string, values?: readonly (string | null)[]): Promise<string | null | undefined> {
    return (await this.rows(sql, values))[0]?.[0];
  }

  failed(error: unknown, place: Place = {}): Error {
    if (isLost(error)) this.lost = true;
    return dbFailure(error, place);
  }

  /** I outside of a transaction, T inside, E inside one that failed; null while it is not known. */
  get status(): 'I' | 'T' | 'E' | null {
    return this.client.getTransactionStatus();
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.lost) {
      this.destroy();
      return;
    }
    this.lost = true;
    await this.client.end().catch(() => undefined);
  }

  /** Cuts the connection without a word; what runs is rolled back by the server. */
  destroy(): void {
    this.lost = true;
    this.client.connection.stream.destroy();
  }
}
