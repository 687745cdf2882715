import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { contentOf, sha256 } from './content.ts';

const root = resolve(import.meta.dirname, '../..');
const commandLine = resolve(root, 'electron/cli/main.ts');

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string };

export type How = {
  /** `NAME:COUNT`: the process kills itself there. */
  readonly failpoint?: string;
  /** Killed from outside after this time. */
  readonly afterMs?: number;
  /** Another data folder: another person at the same files. */
  readonly home?: string;
  /** Another user; only root can. */
  readonly uid?: number;
};

/** A command at work. */
export type Started = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves when the output so far contains the text; rejects when the process ends without. */
  readonly said: (text: string) => Promise<void>;
  readonly kill: (signal: NodeJS.Signals) => void;
};

export type SampleOptions = {
  readonly tasks: number;
  readonly seed: number;
  readonly dirty?: boolean;
};

/** A folder with the sample and a data folder of its own, worked on by real processes that a test may kill. */
export class CrashLab {
  readonly folder: string;
  readonly bundle: string;
  readonly home: string;
  readonly hits: string;

  /** Below the system's folder for temporary files, unless told where. */
  constructor(below: string = tmpdir()) {
    this.folder = mkdtempSync(join(below, 'overland-lab-'));
    this.bundle = join(this.folder, 'bundle');
    this.home = join(this.folder, 'home');
    this.hits = join(this.folder, 'failpoints.log');
  }

  get target(): string {
    return join(this.bundle, 'generic.db');
  }

  get legacy(): string {
    return join(this.bundle, 'legacy.db');
  }

  start(args: readonly string[], how: How = {}): Started {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      OVERLAND_HOME: how.home ?? this.home,
      NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/overland-tests'),
    };
    if (how.failpoint) env['OVERLAND_FAILPOINT'] = how.failpoint;
    if (how.uid === undefined) env['OVERLAND_FAILPOINT_LOG'] = this.hits;
    const child = spawn(process.execPath, [commandLine, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(how.uid === undefined ? {} : { uid: how.uid, gid: how.uid }),
    });
    let output = '';
    let heard = () => {};
    const hear = (data: Buffer) => {
      output += data.toString();
      heard();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const timer = how.afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), how.afterMs);
    const ended = new Promise<Ended>((done, fail) => {
      child.on('error', fail);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        done({ code, signal, output });
      });
    });
    return {
      pid: child.pid as number,
      ended,
      said: (text) =>
        new Promise((done, fail) => {
          heard = () => {
            if (output.includes(text)) done();
          };
          heard();
          void ended.then(() => fail(new Error(`It ended and never said "${text}":\n${output}`)));
        }),
      kill: (signal) => void child.kill(signal),
    };
  }

  run(args: readonly string[], how: How = {}): Promise<Ended> {
    return this.start(args, how).ended;
  }

  /** Writes the sample; fails when that fails. */
  async init({ tasks, seed, dirty = false }: SampleOptions): Promise<void> {
    const sizes = ['--tasks', String(tasks), '--seed', String(seed), ...(dirty ? ['--dirty'] : [])];
    const made = await this.run(['init', 'task-orchestrator', this.bundle, ...sizes]);
    if (made.code !== 0) throw new Error(made.output);
  }

  /** Another bundle than the sample: its profile, and the statements that make the file it reads, `legacy.db`. */
  initWith(profile: string, legacy: string): void {
    mkdirSync(this.bundle);
    writeFileSync(join(this.bundle, 'profile.toml'), profile);
    if (legacy !== '') this.sql(this.legacy, `PRAGMA foreign_keys = OFF; ${legacy}`);
  }

  /**
   * A task that waits for itself breaks a CHECK of the new model. Without the rule that finds it only the target can tell,
   * so that the chunk is split; and a dirty sample this small sets aside more than half a percent.
   */
  makeSplit(): void {
    this.editProfile((text) =>
      text.replace(/^.*depends_on_itself.*\n/m, '').replace('quarantine = "0.5%"', 'quarantine = "100%"'),
    );
    this.sql(
      this.legacy,
      'UPDATE subtasks SET dependencies = json_array(task_id) WHERE rowid = (SELECT max(rowid) FROM subtasks)',
    );
  }

  /** Fails when the edit changes nothing: the sample is not what the test believes. */
  editProfile(edit: (text: string) => string): void {
    const file = join(this.bundle, 'profile.toml');
    const text = readFileSync(file, 'utf8');
    const edited = edit(text);
    if (edited === text) throw new Error('The sample profile has changed; the test does not fit it any more');
    writeFileSync(file, edited);
  }

  /** Another program holds the file exclusively until the callback has ended. */
  async whileLocked(file: string, act: () => Promise<void>): Promise<void> {
    const script = `
      const db = new (require('better-sqlite3'))(${JSON.stringify(file)});
      db.exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => db.inTransaction, 60_000);`;
    const holder = spawn(process.execPath, ['-e', script], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    try {
      await act();
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'close');
    }
  }

  /** Runs statements on a database as another program would. */
  sql(file: string, sql: string): void {
    const db = new Database(file);
    try {
      db.exec(sql);
    } finally {
      db.close();
    }
  }

  /** Rows of a query, integers as numbers. */
  rows(file: string, sql: string): Record<string, unknown>[] {
    const db = new Database(file, { readonly: true });
    try {
      return db.prepare(sql).all() as Record<string, unknown>[];
    } finally {
      db.close();
    }
  }

  /** A target that is there before the run, with rows of somebody else. */
  fillTarget(): void {
    this.sql(
      this.target,
      "CREATE TABLE theirs (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT); INSERT INTO theirs (note) VALUES ('kept'), ('also kept')",
    );
  }

  reached(): string[] {
    return existsSync(this.hits) ? readFileSync(this.hits, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** Brings the migration to its end, as an operator would after any number of crashes. */
  async finish(): Promise<Ended> {
    let last: Ended = { code: null, signal: null, output: 'not run' };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const phase = this.phase();
      const forward = phase === null || phase === 'plan' || phase === 'backup' || phase === 'dry_run';
      last = await this.run(
        forward ? ['run', this.bundle, '--yes'] : phase === 'execute' ? ['resume', 'last'] : ['validate', 'last'],
      );
      if (last.code === 0 || last.code === 3) return last;
    }
    return last;
  }

  /** Phase of the newest run; null when there is none. */
  phase(): string | null {
    return this.#newest('phase');
  }

  outcome(): string | null {
    return this.#newest('outcome');
  }

  #newest(column: 'phase' | 'outcome'): string | null {
    const journal = join(this.home, 'journal.db');
    if (!existsSync(journal)) return null;
    const hasRuns = this.rows(journal, "SELECT 1 FROM sqlite_schema WHERE name = 'run'").length > 0;
    const runs = hasRuns
      ? this.rows(
          journal,
          `SELECT ${column} AS it FROM run WHERE parent_run IS NULL ORDER BY started_at DESC, rowid DESC LIMIT 1`,
        )
      : [];
    return (runs[0]?.['it'] as string | undefined) ?? null;
  }

  sha256(file: string): string | null {
    return sha256(file);
  }

  /** Every row of every table of the target, without what the target numbers itself and without the time of the run. */
  content(file: string = this.target): string {
    return contentOf(file);
  }

  /** Keeps the whole folder as it is now, for `restore`. */
  save(): void {
    rmSync(`${this.folder}.saved`, { recursive: true, force: true });
    cpSync(this.folder, `${this.folder}.saved`, { recursive: true, preserveTimestamps: true });
  }

  /** The whole folder is as it was when it was saved. */
  restore(): void {
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(`${this.folder}.saved`, this.folder, { recursive: true, preserveTimestamps: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(`${this.folder}.saved`, { recursive: true, force: true });
  }
}
