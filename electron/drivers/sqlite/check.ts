import { readdir, readFile, readlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Access, RelationalSession } from '../relational.ts';
import { tableNames } from './catalog.ts';
import { type Connection, cell } from './database.ts';
import { isBusy } from './errors.ts';
import { type FileLook, lookAt } from './file-look.ts';
import type { SqliteEndpoint } from './open.ts';
import { missingWriteRight } from './write-right.ts';

type Report = Awaited<ReturnType<RelationalSession['check']>>;
type Fact = Report['facts'][number];
type Subject = {
  readonly endpoint: SqliteEndpoint;
  readonly access: Access;
  readonly env: Environment;
  readonly db: Connection;
  readonly by: 'file' | 'copy';
  /** False for a target that does not exist yet. */
  readonly exists: boolean;
};

/** Facts about a file for the Connections screen. Reads only. */
export async function checkEndpoint(subject: Subject): Promise<Report> {
  const { endpoint, env, db } = subject;
  const look = await lookAt(endpoint.path, env);
  const product = `SQLite ${cell(db, 'SELECT sqlite_version()')}`;
  const facts: Fact[] = [];
  const findings: Finding[] = [];
  if (subject.exists) await contentFacts(subject, look, facts, findings);
  else
    facts.push({
      check: 'File',
      found: 'does not exist yet; the run creates it',
      needed: 'a file or a free name',
      state: 'ok',
    });
  if (subject.access !== 'read') await writeFacts(subject, facts, findings);
  await otherProcesses(subject, facts, findings);
  return { product, facts, findings };
}

async function contentFacts(subject: Subject, look: FileLook, facts: Fact[], findings: Finding[]): Promise<void> {
  const { endpoint, db, env } = subject;
  const tables = tableNames(db);
  facts.push(
    {
      check: 'Reached',
      found: `SQLite 3 file, ${bytesText(look.stat?.bytes ?? 0)}`,
      needed: 'a file of SQLite 3',
      state: 'ok',
    },
    {
      check: 'Tables',
      found:
        tables.length === 0
          ? 'none'
          : `${tables.length}: ${tables.slice(0, 6).join(', ')}${tables.length > 6 ? ' ...' : ''}`,
      needed: subject.access === 'read' ? 'the tables that the steps read' : 'any',
      state: tables.length === 0 && subject.access === 'read' ? 'warning' : 'ok',
    },
    { check: 'Encoding', found: String(cell(db, 'PRAGMA encoding')), needed: 'any', state: 'info' },
    { check: 'Journal mode', found: look.wal ? 'write-ahead log' : 'rollback journal', needed: 'any', state: 'info' },
    { check: 'Page size', found: `${look.pageSize ?? '?'} bytes`, needed: 'any', state: 'info' },
  );
  facts.push({
    check: 'Read',
    found: subject.by === 'copy' ? 'from a private copy in scratch' : 'the file is opened to read only',
    needed: 'leaves no trace beside the file',
    state: 'ok',
  });
  if (look.hotJournal) {
    findings.push(
      makeFinding({
        severity: 'warning',
        category: 'interrupted_write',
        message: 'A -journal file lies beside the database: a write was interrupted, or one goes on right now.',
        path: `${endpoint.path}-journal`,
        suggestion:
          'Overland reads the state before that write from a copy. Start and stop the application once, so that it tidies up, before a run.',
      }),
    );
  }
  if (look.walBytes > 0 && subject.access === 'read') {
    findings.push(
      makeFinding({
        severity: 'info',
        category: 'write_ahead_log',
        message: `A -wal file of ${bytesText(look.walBytes)} holds changes that are not in the main file yet; they are read too.`,
        path: `${endpoint.path}-wal`,
        suggestion: null,
      }),
    );
  }
  await integrity(subject, env, facts, findings);
}

/** The structure of a big file takes minutes; a file of this size well under a second. */
const quickCheckBytes = 256 << 20;

async function integrity(subject: Subject, env: Environment, facts: Fact[], findings: Finding[]): Promise<void> {
  const bytes =
    Number(cell(subject.db, 'PRAGMA page_count') ?? 0n) * Number(cell(subject.db, 'PRAGMA page_size') ?? 0n);
  if (subject.by === 'file' && bytes <= quickCheckBytes) {
    const result = await env.helpers
      .run('sqlite.integrity', { file: subject.endpoint.path }, {})
      .catch((error: unknown) => {
        if (!isBusy(error)) throw error;
        return null;
      });
    if (!result) {
      facts.push({
        check: 'Integrity',
        found: 'not checked: another process is writing',
        needed: 'ok',
        state: 'warning',
      });
      return;
    }
    facts.push({
      check: 'Integrity',
      found: result.ok ? 'integrity_check: ok' : `${result.messages.length} messages, first: ${result.messages[0]}`,
      needed: 'ok',
      state: result.ok ? 'ok' : 'error',
    });
    if (!result.ok) {
      findings.push(
        makeFinding({
          severity: 'error',
          category: 'integrity',
          message: `The file is damaged: ${result.messages[0]}`,
          path: subject.endpoint.path,
          suggestion: 'Repair it first: the sqlite3 shell has .recover; or take a backup that passes integrity_check.',
          count: result.messages.length,
        }),
      );
    }
    return;
  }
  facts.push({ check: 'Integrity', found: 'checked when the backup is taken', needed: 'ok', state: 'info' });
}

async function writeFacts(subject: Subject, facts: Fact[], findings: Finding[]): Promise<void> {
  const { endpoint, env } = subject;
  const missing = await missingWriteRight(endpoint.path, subject.exists, env);
  facts.push({
    check: 'Write',
    found: missing === null ? 'file and folder can be written' : 'no right to write',
    needed: 'write on the file and its folder',
    state: missing === null ? 'ok' : 'error',
  });
  if (missing !== null) {
    const { message, advice } = missing;
    const path = endpoint.path;
    findings.push(makeFinding({ severity: 'error', category: 'missing_right', message, path, suggestion: advice }));
  }
  const free = await env.fs.freeBytes(dirname(endpoint.path));
  facts.push({
    check: 'Free space',
    found: free === null ? 'not known' : bytesText(free),
    needed: 'see the plan',
    state: 'info',
  });
}

async function otherProcesses(subject: Subject, facts: Fact[], findings: Finding[]): Promise<void> {
  const others = await processesWith(subject.endpoint.path, subject.env.identity.pid);
  if (others === null) return;
  facts.push({
    check: 'Other processes',
    found: others.length === 0 ? 'none has the file open' : others.join(', '),
    needed: 'none while a run executes',
    state: others.length === 0 ? 'ok' : 'warning',
  });
  if (others.length === 0) return;
  findings.push(
    makeFinding({
      severity: 'warning',
      category: 'in_use',
      message: `Other processes have the file open: ${others.join(', ')}.`,
      path: subject.endpoint.path,
      suggestion:
        'Stop them before execute. Until then the backup is an online copy, which gives back the same content but not the same bytes.',
      count: others.length,
    }),
  );
}

/** Processes that have the file open, as `name (pid)`, of those that this user may look at; null where there is no /proc. */
export async function processesWith(path: string, except: number): Promise<string[] | null> {
  let pids: string[];
  try {
    pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  const found: string[] = [];
  for (const pid of pids) {
    if (Number(pid) === except) continue;
    try {
      const descriptors = await readdir(`/proc/${pid}/fd`);
      const targets = await Promise.all(
        descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
      );
      if (targets.includes(path)) found.push(`${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (${pid})`);
    } catch {
      // Gone meanwhile, or of another user.
    }
  }
  return found;
}

function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
