import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';

const commandLine = resolve(import.meta.dirname, '../cli/main.ts');

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string };
export type Kill = { readonly failpoint?: string; readonly afterMs?: number };

/** A folder with the sample and a data folder of its own, worked on by real processes that a test may kill. */
export class CrashLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'overland-crash-'));
  readonly bundle = join(this.folder, 'bundle');
  readonly home = join(this.folder, 'home');
  readonly hits = join(this.folder, 'failpoints.log');

  get target(): string {
    return join(this.bundle, 'generic.db');
  }

  get legacy(): string {
    return join(this.bundle, 'legacy.db');
  }

  /** Runs a command; with `kill` it may die by SIGKILL at a failpoint or after a time. */
  run(args: readonly string[], kill: Kill = {}): Promise<Ended> {
    const env: NodeJS.ProcessEnv = { ...process.env, OVERLAND_HOME: this.home, OVERLAND_FAILPOINT_LOG: this.hits };
    if (kill.failpoint) env['OVERLAND_FAILPOINT'] = kill.failpoint;
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, [commandLine, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (data) => (output += data));
      child.stderr.on('data', (data) => (output += data));
      const timer = kill.afterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill.afterMs);
      child.on('error', fail);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        done({ code, signal, output });
      });
    });
  }

  async init(tasks: number, seed: number): Promise<void> {
    const made = await this.run([
      'init',
      'task-orchestrator',
      this.bundle,
      '--tasks',
      String(tasks),
      '--seed',
      String(seed),
      '--dirty',
    ]);
    if (made.code !== 0) throw new Error(made.output);
    // A task that waits for itself breaks a CHECK of the new model. Without the rule that finds it only the target can
    // tell, so that the chunk is split; and a dirty sample this small sets aside more than half a percent.
    this.#editProfile((text) =>
      text.replace(/^.*depends_on_itself.*\n/m, '').replace('quarantine = "0.5%"', 'quarantine = "100%"'),
    );
    const db = new Database(this.legacy);
    db.exec('UPDATE subtasks SET dependencies = json_array(task_id) WHERE rowid = (SELECT max(rowid) FROM subtasks)');
    db.close();
  }

  #editProfile(edit: (text: string) => string): void {
    const file = join(this.bundle, 'profile.toml');
    const text = readFileSync(file, 'utf8');
    const edited = edit(text);
    if (edited === text) throw new Error('The sample profile has changed; the lab does not fit it any more');
    writeFileSync(file, edited);
  }

  /** A target that is there before the run, with rows of somebody else. */
  fillTarget(): void {
    const db = new Database(this.target);
    db.exec(
      "CREATE TABLE theirs (id INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT); INSERT INTO theirs (note) VALUES ('kept'), ('also kept')",
    );
    db.close();
  }

  reached(): string[] {
    return existsSync(this.hits) ? readFileSync(this.hits, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** Brings the migration to its end, as an operator would after any number of crashes. */
  async finish(): Promise<Ended> {
    let last: Ended = { code: null, signal: null, output: 'not run' };
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const phase = await this.phase();
      const forward = phase === null || phase === 'plan' || phase === 'backup' || phase === 'dry_run';
      last = await this.run(
        forward ? ['run', this.bundle, '--yes'] : phase === 'execute' ? ['resume', 'last'] : ['validate', 'last'],
      );
      if (last.code === 0 || last.code === 3) return last;
    }
    return last;
  }

  /** Phase of the newest run; null when there is none. */
  async phase(): Promise<string | null> {
    const answer = await this.run(['status', '--json', '--limit', '1']);
    const line = answer.output.slice(answer.output.indexOf('{'));
    const parsed = JSON.parse(line) as { runs?: { phase: string }[] };
    return parsed.runs?.[0]?.phase ?? null;
  }

  sha256(file: string): string | null {
    return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : null;
  }

  /** Every row of every table of the target, without what the target numbers itself and without the time of the run. */
  content(): string {
    return contentOf(this.target);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Rows sorted as text, one digest a table: two targets are the same when the texts are. */
export function contentOf(file: string): string {
  const db = new Database(file, { readonly: true });
  try {
    db.defaultSafeIntegers(true);
    const tables = db
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'overland_%' ORDER BY name",
      )
      .pluck()
      .all() as string[];
    return tables.map((table) => `${table} ${digestOf(db, table)}`).join('\n');
  } finally {
    db.close();
  }
}

function digestOf(db: Database.Database, table: string): string {
  const columns = (db.pragma(`table_info("${table}")`) as { name: string; type: string; pk: bigint }[])
    .filter((column) => !(column.pk === 1n && column.type.toUpperCase() === 'INTEGER'))
    .map((column) => column.name)
    .filter((name) => !(table === 'task_attributes' && (name === 'created_at' || name === 'updated_at')));
  const where = table === 'task_attributes' ? "WHERE attribute_name <> 'migrated_at'" : '';
  const rows = db
    .prepare(`SELECT ${columns.map((name) => `quote("${name}")`).join(" || ',' || ")} FROM "${table}" ${where}`)
    .pluck()
    .all() as string[];
  return `${rows.length} ${createHash('sha256').update(rows.sort().join('\n')).digest('hex')}`;
}
