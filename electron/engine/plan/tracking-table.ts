/**
 * The list of applied migrations in the target. It belongs to the application: clean-up leaves it, only the way back removes
 * it, so it is none of the control tables. Its format is documented in docs/formats.md.
 */
export const trackingTable = 'overland_migrations';

/**
 * `applied`: done; `partial`: on an engine without transactional DDL, so many statements of it are done; `undoing`: so many
 * statements of its down script are done; `adopted`: another tool's table said so; `baseline`: the profile said so.
 */
export type TrackingState = 'applied' | 'partial' | 'undoing' | 'adopted' | 'baseline';

/** Columns in their order. The first six are those of the first version; the others are null in rows that it wrote. */
export const trackingColumns = [
  { name: 'id', type: 'VARCHAR(255) NOT NULL PRIMARY KEY' },
  { name: 'name', type: 'VARCHAR(255) NOT NULL' },
  { name: 'checksum', type: 'CHAR(64) NOT NULL' },
  { name: 'applied_at', type: 'VARCHAR(40) NOT NULL' },
  { name: 'took_ms', type: 'INTEGER NOT NULL' },
  { name: 'run_id', type: 'VARCHAR(64) NOT NULL' },
  { name: 'state', type: 'VARCHAR(16)' },
  { name: 'statements', type: 'INTEGER' },
  { name: 'structure', type: 'TEXT' },
] as const;

export type TrackingColumn = (typeof trackingColumns)[number]['name'];
