import type { Holder } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import type { FailpointName } from '../../platform/failpoints.ts';
import type { Bounds, Fence, ServerEndpoint, TargetControl } from '../relational.ts';
import { fencedWords, holderText, ledgerChunks } from '../shared/control-text.ts';
import { ownFailure } from './errors.ts';
import { leftInTarget } from './left.ts';
import type { Link } from './link.ts';
import { literal, quote, scratchPrefix } from './names.ts';

/** Schema of our own tables in a target. A scratch schema has one of its own, so that a dry run claims nothing of the run's. */
export function controlSchema({ fields }: ServerEndpoint): string {
  const { schema } = fields;
  return schema?.startsWith(scratchPrefix) ? `${schema}_own` : 'overland';
}

export const controlTables = ['run', 'chunk', 'written', 'preimage', 'lease'] as const;
const perRun = ['run', 'chunk', 'written', 'preimage'] as const;

/** Our tables in a target; docs/formats.md. Keys may be longer than an index entry, so they are indexed by their digest. */
function createTables(own: string): string {
  const kept = `run_id text NOT NULL, unit text NOT NULL, path text NOT NULL, output text NOT NULL, key text NOT NULL`;
  const unique = (table: string): string =>
    `CREATE UNIQUE INDEX ${table}_key ON ${own}.${table} (run_id, unit, path, output, md5(key))`;
  return `
    CREATE TABLE ${own}.run (
      run_id text PRIMARY KEY, plan_hash text NOT NULL, epoch bigint NOT NULL, holder text NOT NULL, heartbeat_at timestamptz NOT NULL);
    CREATE TABLE ${own}.chunk (
      run_id text NOT NULL, unit text NOT NULL, path text NOT NULL, bounds text NOT NULL, state text NOT NULL,
      epoch bigint NOT NULL, counts text, digest text, PRIMARY KEY (run_id, unit, path));
    CREATE TABLE ${own}.written (${kept}, row_digest text NOT NULL);
    ${unique('written')};
    CREATE TABLE ${own}.preimage (${kept}, row text, row_digest text NOT NULL);
    ${unique('preimage')};
    CREATE TABLE ${own}.lease (
      name text PRIMARY KEY, epoch bigint NOT NULL, run_id text NOT NULL, holder text, machine text NOT NULL,
      pid bigint NOT NULL, process_started text NOT NULL, beat_at timestamptz NOT NULL)`;
}

/** What the control needs of its session. */
export type ControlHost = {
  readonly env: Environment;
  readonly endpoint: ServerEndpoint;
  /** A connection outside of any transaction. */
  readonly live: <T>(act: (link: Link) => Promise<T>) => Promise<T>;
  /** Runs `act` in one transaction of its own, between these failpoints. */
  readonly commit: <T>(before: FailpointName, after: FailpointName, act: (link: Link) => Promise<T>) => Promise<T>;
};

/** Makes our schema and tables where they are missing. Waits for another session that does the same. */
export async function ensureControl(link: Link, endpoint: ServerEndpoint): Promise<void> {
  const schema = controlSchema(endpoint);
  await link.query(`SELECT pg_advisory_xact_lock(hashtextextended(${literal(`${schema} tables`)}, 0))`);
  const own = quote(schema);
  if ((await link.cell('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])) === undefined)
    await link.query(`CREATE SCHEMA ${own}`);
  if (!(await hasTable(link, schema, 'run'))) await link.query(createTables(own));
}

export async function hasTable(link: Link, schema: string, table: string): Promise<boolean> {
  const sql = `SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2`;
  return (await link.cell(sql, [schema, table])) !== undefined;
}

export function createControl(host: ControlHost): TargetControl {
  const schema = controlSchema(host.endpoint);
  const own = quote(schema);

  async function addChunks(link: Link, fence: Fence, unit: string, chunks: readonly NewChunk[]): Promise<void> {
    const list = (pick: (chunk: NewChunk) => string): string => JSON.stringify(chunks.map(pick));
    await link.query(
      `INSERT INTO ${own}.chunk (run_id, unit, path, bounds, state, epoch)
       SELECT $1, $2, p.value, b.value, 'pending', $3::bigint
         FROM json_array_elements_text($4::json) WITH ORDINALITY p(value, n)
         JOIN json_array_elements_text($5::json) WITH ORDINALITY b(value, n) ON b.n = p.n
       ON CONFLICT DO NOTHING`,
      [fence.runId, unit, String(fence.epoch), list((one) => one.path), list((one) => JSON.stringify(one.bounds))],
    );
  }

  async function checkEpoch(link: Link, fence: Fence): Promise<void> {
    const known = await link.cell(`SELECT epoch FROM ${own}.run WHERE run_id = $1`, [fence.runId]);
    if (known !== String(fence.epoch)) throw ownFailure('FENCED', 'permanent', fencedWords(fence, known));
  }

  return {
    ...leftInTarget(host),
    enter: (fence, planHash, holder) =>
      host.commit('control.commit.before', 'control.commit.after', async (link) => {
        await ensureControl(link, host.endpoint);
        const known = await link.cell(`SELECT epoch FROM ${own}.run WHERE run_id = $1 FOR UPDATE`, [fence.runId]);
        if (typeof known === 'string' && BigInt(known) > fence.epoch)
          throw ownFailure('FENCED', 'permanent', fencedWords(fence, known));
        await link.query(
          `INSERT INTO ${own}.run (run_id, plan_hash, epoch, holder, heartbeat_at) VALUES ($1, $2, $3, $4, clock_timestamp())
           ON CONFLICT (run_id) DO UPDATE SET plan_hash = excluded.plan_hash, epoch = excluded.epoch,
             holder = excluded.holder, heartbeat_at = excluded.heartbeat_at`,
          [fence.runId, planHash, String(fence.epoch), holderText(holder)],
        );
      }),
    chunks: (runId, unit) =>
      host.live(async (link) => {
        if (!(await hasTable(link, schema, 'chunk'))) return [];
        const rows = await link.rows(
          `SELECT path, bounds, state, counts, digest FROM ${own}.chunk WHERE run_id = $1 AND unit = $2`,
          [runId, unit],
        );
        return ledgerChunks(unit, rows);
      }),
    addChunks: (fence, unit, chunks) =>
      host.commit('chunk.plan.commit.before', 'chunk.plan.commit.after', async (link) => {
        await checkEpoch(link, fence);
        await addChunks(link, fence, unit, chunks);
      }),
    splitChunk: (fence, unit, path, halves) =>
      host.commit('chunk.split.commit.before', 'chunk.split.commit.after', async (link) => {
        await checkEpoch(link, fence);
        const parent = await link.query(
          `UPDATE ${own}.chunk SET state = 'split', epoch = $1 WHERE run_id = $2 AND unit = $3 AND path = $4
             AND state IN ('pending', 'undone', 'split')`,
          [String(fence.epoch), fence.runId, unit, path],
        );
        if (parent.count !== 1)
          throw ownFailure('NO_CHUNK', 'permanent', `Chunk ${path} of ${unit} is not open, so it cannot be split.`);
        await addChunks(link, fence, unit, halves);
      }),
    present: (runId) =>
      host.live(async (link) => {
        for (const table of perRun) {
          if (!(await hasTable(link, schema, table))) continue;
          if ((await link.cell(`SELECT 1 FROM ${own}.${table} WHERE run_id = $1 LIMIT 1`, [runId])) !== undefined)
            return true;
        }
        return false;
      }),
    leave: (runId) =>
      host.commit('control.commit.before', 'control.commit.after', async (link) => {
        if (!(await hasTable(link, schema, 'run'))) return;
        for (const table of perRun) await link.query(`DELETE FROM ${own}.${table} WHERE run_id = $1`, [runId]);
        // Nobody may enter between the look and the drop.
        await link.query(`LOCK TABLE ${own}.run, ${own}.lease IN ACCESS EXCLUSIVE MODE`);
        if ((await link.cell(`SELECT 1 FROM ${own}.run LIMIT 1`)) !== undefined) return;
        const held = `SELECT 1 FROM ${own}.lease WHERE holder IS NOT NULL AND run_id <> $1 LIMIT 1`;
        const heldByOthers = (await link.cell(held, [runId])) !== undefined;
        if (heldByOthers) return;
        await link.query(
          `DROP TABLE ${controlTables.map((table) => `${own}.${table}`).join(', ')}; DROP SCHEMA ${own}`,
        );
      }),
  };
}

type NewChunk = { readonly path: string; readonly bounds: Bounds };

export function holderOf(text: string): Holder {
  return JSON.parse(text) as Holder;
}
