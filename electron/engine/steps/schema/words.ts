import type { StepWords } from '../step-kind.ts';
import type { SchemaPlan } from './plan-types.ts';
import type { SchemaSpec } from './spec.ts';

export function describeSchema(spec: SchemaSpec): StepWords {
  return {
    from: spec.migrations,
    to: spec.target,
    words: `Runs the SQL migrations in ${spec.migrations} that ${spec.target} does not have yet.`,
    undo: spec.undo,
  };
}

export function downText(plan: SchemaPlan): string {
  const single = plan.pending.filter((migration) => migration.downScript?.way === 'statements').length;
  const whole = 'Runs the down scripts, last migration first, each in one transaction with its tracking row.';
  if (single === 0) return whole;
  const each = 'statement by statement, with the progress in its tracking row';
  return single === plan.pending.length
    ? `Runs the down scripts, last migration first, ${each}.`
    : `${whole} ${single} of them ${each}.`;
}

export function commitText(plan: SchemaPlan, transactionalDdl: boolean): string {
  const single = plan.pending.filter((migration) => migration.upScript.way === 'statements').length;
  const whole =
    'Each migration is one transaction: its statements, its row in overland_migrations and its mark as done commit together.';
  if (single === 0 && transactionalDdl) return whole;
  const each =
    'a statement that changes the structure commits by itself and is recorded after it; after a crash the structure shows whether it has happened';
  if (single === plan.pending.length || !transactionalDdl) return `Statement by statement: ${each}.`;
  return `${whole} Of ${single} that say "no-transaction", ${each}.`;
}

export function noWayBackText(migrations: readonly string[]): string {
  return `No down script for ${migrations.join(', ')}: the way back is the rollback point alone.`;
}
