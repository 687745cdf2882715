import type { Journal } from '../../run/journal/journal.ts';
import { encodeRecord } from '../../values/encode.ts';
import { at } from './sample-counts.ts';

/** Three records and two items that were set aside, for three reasons. */
export function quarantineSample(journal: Journal, id: string, spice: string): void {
  const record = (task: string, status: string): string =>
    encodeRecord(
      ['task_id', 'parent_task_id', 'title', 'status', 'results', 'artifacts'],
      [task, 'nowhere', `Write the rollout plan${spice}`, status, 'private words', '[{"name": "plan.md"'],
    );
  const entry = { item: null, output: null, column: null };
  journal.findings.quarantine(
    id,
    'subtasks',
    'subtasks',
    '0',
    [
      {
        ...entry,
        key: 't-1',
        code: 'parent_missing',
        message: 'The parent is not in generic_tasks.',
        rule: 'steps.subtasks.reject[0].when',
        record: record('t-1', 'pending'),
      },
      {
        ...entry,
        key: 't-2',
        code: 'parent_missing',
        message: 'The parent is not in generic_tasks.',
        rule: 'steps.subtasks.reject[0].when',
        record: record('t-2', 'active'),
      },
      {
        ...entry,
        key: 't-3',
        code: 'unknown_status',
        message: `The map stage has no entry for "odd${spice}".`,
        rule: 'maps.stage',
        column: 'lifecycle_stage',
        record: record('t-3', 'odd'),
      },
      {
        ...entry,
        key: 't-4',
        item: 0,
        output: 'task_artifacts',
        code: 'not_json',
        message: `Ends at byte 19.${spice}`,
        column: 'artifacts',
        rule: 'steps.subtasks.into.task_artifacts.each',
        record: record('t-4', 'active'),
      },
      {
        ...entry,
        key: 't-5',
        item: 1,
        output: 'task_artifacts',
        code: 'not_json',
        message: 'Ends at byte 12.',
        column: 'artifacts',
        rule: 'steps.subtasks.into.task_artifacts.each',
        record: record('t-5', 'active'),
      },
    ],
    at('01:17:08'),
  );
}
