import type { Checkpoint } from './checkpoints.ts';

export type SampleEngine = 'sqlite' | 'postgres' | 'mysql';

/** The framework's own table, as its first release made it. */
export function checkpointsTable(engine: SampleEngine): string {
  const text = engine === 'mysql' ? 'VARCHAR(255)' : 'TEXT';
  const json = { sqlite: 'TEXT', postgres: 'JSONB', mysql: 'JSON' }[engine];
  const time = { sqlite: 'TEXT', postgres: 'TIMESTAMPTZ', mysql: 'TIMESTAMP(6)' }[engine];
  return `CREATE TABLE checkpoints (
  thread_id ${text} NOT NULL,
  checkpoint_id ${text} NOT NULL,
  parent_checkpoint_id ${text},
  checkpoint ${json} NOT NULL,
  metadata ${json},
  created_at ${time} NOT NULL,
  PRIMARY KEY (thread_id, checkpoint_id)
)${engine === 'mysql' ? ' DEFAULT CHARSET = utf8mb4' : ''};`;
}

/** What the framework's migrator leaves when 001 went through and 002 did not. */
export function frameworkTracking(engine: SampleEngine): string {
  const time = { sqlite: 'TEXT', postgres: 'TIMESTAMPTZ', mysql: 'TIMESTAMP' }[engine];
  return `CREATE TABLE schema_migrations (
  version VARCHAR(50) NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  executed_at ${time} NOT NULL,
  execution_time_ms INTEGER,
  status VARCHAR(20) NOT NULL
);
INSERT INTO schema_migrations (version, name, description, executed_at, execution_time_ms, status) VALUES
  ('001', 'update_checkpoint_schema_for_pydantic_state', 'State version, step and error columns', '2025-05-26 22:33:16', 41, 'completed'),
  ('002', 'create_performance_metrics_table', 'Performance metrics', '2025-05-26 22:33:17', 3, 'failed');`;
}

export const checkpointColumns = [
  'thread_id',
  'checkpoint_id',
  'parent_checkpoint_id',
  'checkpoint',
  'metadata',
  'created_at',
] as const;

/** Values in the order of the columns; servers read the time as UTC. */
export function checkpointValues(row: Checkpoint): readonly (string | null)[] {
  return [row.threadId, row.checkpointId, row.parentId, row.checkpoint, row.metadata, row.createdAt];
}

/** One INSERT of several rows, for the client of a server. */
export function insertStatement(engine: 'postgres' | 'mysql', rows: readonly Checkpoint[]): string {
  const lines = rows.map((row) => {
    const [thread, id, parent, checkpoint, metadata, created] = checkpointValues(row);
    const time = engine === 'postgres' ? `${created}Z` : (created ?? '').replace('T', ' ');
    return `  (${[thread!, id!, parent!, checkpoint!, metadata!, time].map((value) => literal(engine, value)).join(', ')})`;
  });
  return `INSERT INTO checkpoints (${checkpointColumns.join(', ')}) VALUES\n${lines.join(',\n')};\n`;
}

function literal(engine: 'postgres' | 'mysql', value: string | null): string {
  if (value === null) return 'NULL';
  const escaped = engine === 'mysql' ? value.replaceAll('\\', '\\\\') : value;
  return `'${escaped.replaceAll("'", "''")}'`;
}
