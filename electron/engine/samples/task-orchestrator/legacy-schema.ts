import type { LegacyBreakdown, LegacySubtask } from './legacy-records.ts';

export const breakdownColumns = [
  'parent_task_id',
  'description',
  'complexity',
  'context',
  'created_at',
] as const satisfies readonly (keyof LegacyBreakdown)[];

const olderSubtaskColumns = [
  'task_id',
  'parent_task_id',
  'title',
  'description',
  'specialist_type',
  'dependencies',
  'estimated_effort',
  'status',
  'results',
  'artifacts',
  'created_at',
  'completed_at',
] as const satisfies readonly (keyof LegacySubtask)[];

const newerDeclarations = [
  ['prerequisite_satisfaction_required', 'BOOLEAN DEFAULT 0'],
  ['file_operations_count', 'INTEGER DEFAULT 0'],
  ['verification_status', 'TEXT'],
  ['quality_gate_level', 'TEXT'],
  ['auto_maintenance_enabled', 'BOOLEAN DEFAULT 1'],
] as const satisfies readonly (readonly [keyof LegacySubtask, string])[];

/** Columns of `subtasks` in the order of the file. */
export function subtaskColumns(columns: 'older' | 'newer'): readonly (keyof LegacySubtask)[] {
  return columns === 'older'
    ? olderSubtaskColumns
    : [...olderSubtaskColumns, ...newerDeclarations.map(([name]) => name)];
}

/**
 * Tables as the legacy application declared them. A dirty file has gone through tools that dropped the constraints, as
 * `CREATE TABLE ... AS SELECT` and many converters do, so that any row fits.
 */
export function legacySchema(columns: 'older' | 'newer', dirty: boolean): string {
  const key = dirty ? 'TEXT' : 'TEXT PRIMARY KEY';
  const required = dirty ? 'TEXT' : 'TEXT NOT NULL';
  const parent = dirty ? 'TEXT' : 'TEXT NOT NULL REFERENCES task_breakdowns (parent_task_id)';
  const newer = columns === 'newer' ? newerDeclarations.map(([name, type]) => `,\n  ${name} ${type}`).join('') : '';
  return `
CREATE TABLE task_breakdowns (
  parent_task_id ${key},
  description ${required},
  complexity ${required},
  context TEXT,
  created_at TIMESTAMP
);
CREATE TABLE subtasks (
  task_id ${key},
  parent_task_id ${parent},
  title ${required},
  description ${required},
  specialist_type ${required},
  dependencies TEXT,
  estimated_effort TEXT,
  status ${required},
  results TEXT,
  artifacts TEXT,
  created_at TIMESTAMP,
  completed_at TIMESTAMP${newer}
);
CREATE TABLE lock_tracking (
  resource_name TEXT PRIMARY KEY,
  locked_at TIMESTAMP,
  locked_by TEXT
);
`;
}
