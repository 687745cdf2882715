import type { Environment } from '../../platform/environment.ts';
import type { FailpointName } from '../../platform/failpoints.ts';
import type { Bounds, Fence, TargetControl } from '../relational.ts';
import { fencedWords, holderText, ledgerChunks } from '../shared/control-text.ts';
import { controlTables, perRunTables } from '../shared/ours.ts';
import type { MysqlConnection } from './connection.ts';
import { ownFailure } from './errors.ts';
import { leftInTarget } from './left.ts';
import { places } from './names.ts';

/** Keys compare as bytes, and every table can be rolled back. */
const options = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';
const place = 'run_id VARCHAR(64) NOT NULL, unit VARCHAR(255) NOT NULL, path VARCHAR(190) NOT NULL';

/** Our tables in a target; docs/formats.md. A key may be of any length, so its hash stands in the unique key. */
const createTables = [
  `CREATE TABLE IF NOT EXISTS overland_run (
    run_id VARCHAR(64) NOT NULL PRIMARY KEY, plan_hash VARCHAR(128) NOT NULL, epoch BIGINT NOT NULL, holder MEDIUMTEXT NOT NULL,
    heartbeat_at DATETIME(6) NOT NULL) ${options}`,
  `CREATE TABLE IF NOT EXISTS overland_chunk (
    ${place}, bounds MEDIUMTEXT NOT NULL, state VARCHAR(16) NOT NULL, epoch BIGINT NOT NULL, counts MEDIUMTEXT,
    digest TEXT, PRIMARY KEY (run_id, unit, path)) ${options}`,
  `CREATE TABLE IF NOT EXISTS overland_written (
    seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, ${place}, output VARCHAR(64) NOT NULL, \`key\` LONGTEXT NOT NULL,
    row_digest VARCHAR(64) NOT NULL, key_sha BINARY(32) NOT NULL, UNIQUE KEY (run_id, unit, path, output, key_sha)) ${options}`,
  `CREATE TABLE IF NOT EXISTS overland_preimage (
    seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, ${place}, output VARCHAR(64) NOT NULL, \`key\` LONGTEXT NOT NULL,
    \`row\` LONGTEXT, row_digest VARCHAR(64) NOT NULL, key_sha BINARY(32) NOT NULL,
    UNIQUE KEY (run_id, unit, path, output, key_sha)) ${options}`,
];

/** What the control needs of its session. */
export type ControlHost = {
  readonly env: Environment;
  /** For short statements, each its own transaction. */
  readonly side: () => Promise<MysqlConnection>;
  /** Runs `act` in one transaction of its own, between these failpoints. */
  readonly commit: <T>(
    before: FailpointName,
    after: FailpointName,
    act: (connection: MysqlConnection) => Promise<T>,
  ) => Promise<T>;
};

export function createControl(host: ControlHost): TargetControl {
  return {
    ...leftInTarget(host),
    async enter(fence, planHash, holder) {
      const side = await host.side();
      for (const sql of createTables) await side.run(sql);
      await host.commit('control.commit.before', 'control.commit.after', async (connection) => {
        const known = await connection.cell('SELECT epoch FROM overland_run WHERE run_id = ? FOR UPDATE', [
          fence.runId,
        ]);
        if (typeof known === 'bigint' && known > fence.epoch) throw fenced(fence, known);
        await connection.run(
          `INSERT INTO overland_run (run_id, plan_hash, epoch, holder, heartbeat_at) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))
           ON DUPLICATE KEY UPDATE plan_hash = VALUES(plan_hash), epoch = VALUES(epoch), holder = VALUES(holder),
             heartbeat_at = VALUES(heartbeat_at)`,
          [fence.runId, planHash, fence.epoch, holderText(holder)],
        );
      });
    },
    async chunks(runId, unit) {
      const side = await host.side();
      if (!(await hasTable(side, 'overland_chunk'))) return [];
      const rows = await side.rows(
        'SELECT path, bounds, state, counts, digest FROM overland_chunk WHERE run_id = ? AND unit = ?',
        [runId, unit],
      );
      return ledgerChunks(unit, rows);
    },
    addChunks: (fence, unit, chunks) =>
      host.commit('chunk.plan.commit.before', 'chunk.plan.commit.after', async (connection) => {
        await checkEpoch(connection, fence);
        await insertChunks(connection, fence, unit, chunks);
      }),
    splitChunk: (fence, unit, path, halves) =>
      host.commit('chunk.split.commit.before', 'chunk.split.commit.after', async (connection) => {
        await checkEpoch(connection, fence);
        const { affected } = await connection.run(
          `UPDATE overland_chunk SET state = 'split', epoch = ? WHERE run_id = ? AND unit = ? AND path = ?
             AND state IN ('pending', 'undone', 'split')`,
          [fence.epoch, fence.runId, unit, path],
        );
        if (affected !== 1) {
          throw ownFailure('NO_CHUNK', 'permanent', `Chunk ${path} of ${unit} is not open, so it cannot be split.`);
        }
        await insertChunks(connection, fence, unit, halves);
      }),
    async present(runId) {
      const side = await host.side();
      for (const table of perRunTables) {
        if (!(await hasTable(side, table))) continue;
        if ((await side.rows(`SELECT 1 FROM ${table} WHERE run_id = ? LIMIT 1`, [runId])).length > 0) return true;
      }
      return false;
    },
    async leave(runId) {
      const unused = await host.commit('control.commit.before', 'control.commit.after', async (connection) => {
        for (const table of perRunTables) {
          if (await hasTable(connection, table)) await connection.run(`DELETE FROM ${table} WHERE run_id = ?`, [runId]);
        }
        if (!(await hasTable(connection, 'overland_run'))) return true;
        return (await connection.rows('SELECT 1 FROM overland_run LIMIT 1')).length === 0;
      });
      if (!unused) return;
      const side = await host.side();
      const held =
        (await hasTable(side, 'overland_lease')) &&
        (await side.rows('SELECT 1 FROM overland_lease WHERE holder IS NOT NULL AND run_id <> ? LIMIT 1', [runId]))
          .length > 0;
      for (const table of controlTables) {
        if (table !== 'overland_lease' || !held) await side.run(`DROP TABLE IF EXISTS ${table}`);
      }
    },
  };
}

export async function hasTable(connection: MysqlConnection, name: string): Promise<boolean> {
  const rows = await connection.rows(
    `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [name],
  );
  return rows.length > 0;
}

const chunksPerInsert = 500;

async function insertChunks(
  connection: MysqlConnection,
  fence: Fence,
  unit: string,
  chunks: readonly { readonly path: string; readonly bounds: Bounds }[],
): Promise<void> {
  for (let at = 0; at < chunks.length; at += chunksPerInsert) {
    const part = chunks.slice(at, at + chunksPerInsert);
    // A path that is there already stays as it is.
    await connection.run(
      `INSERT INTO overland_chunk (run_id, unit, path, bounds, state, epoch)
       VALUES ${part.map(() => `(${places(6)})`).join(', ')} ON DUPLICATE KEY UPDATE path = overland_chunk.path`,
      part.flatMap(({ path, bounds }) => [fence.runId, unit, path, JSON.stringify(bounds), 'pending', fence.epoch]),
    );
  }
}

/** Holds the run's row until the commit, so that nobody is given a newer epoch meanwhile. */
async function checkEpoch(connection: MysqlConnection, fence: Fence): Promise<void> {
  const known = await connection.cell('SELECT epoch FROM overland_run WHERE run_id = ? LOCK IN SHARE MODE', [
    fence.runId,
  ]);
  if (known !== fence.epoch) throw fenced(fence, known);
}

function fenced(fence: Fence, known: unknown): Error {
  return ownFailure('FENCED', 'permanent', fencedWords(fence, known));
}
