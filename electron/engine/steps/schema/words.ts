import type { StepWords } from '../step-kind.ts';
import type { SchemaSpec } from './spec.ts';

export function describeSchema(spec: SchemaSpec): StepWords {
  return {
    from: spec.migrations,
    to: spec.target,
    words: `Runs the SQL migrations in ${spec.migrations} that ${spec.target} does not have yet.`,
    undo: spec.undo,
  };
}

export const downText = 'Runs the down scripts, last migration first, each in one transaction with its tracking row.';
export const commitText =
  'Each migration is one transaction: its statements, its row in overland_migrations and its mark as done commit together.';

export function noWayBackText(migrations: readonly string[]): string {
  return `No down script for ${migrations.join(', ')}: the way back is the rollback point alone.`;
}
