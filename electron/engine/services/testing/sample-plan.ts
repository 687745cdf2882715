import type { PlanView } from '#shared/contract/plan.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { at } from './sample-counts.ts';

export const planHash = '5c1e09ab7d42f3105c1e09ab7d42f3105c1e09ab7d42f3105c1e09ab7d42f310';

/** The accepted plan of the sample run. */
export function samplePlan(id: string, spice: string): PlanView {
  const step = (
    ord: number,
    stepId: string,
    kind: 'schema' | 'records',
    amount: number,
    undo: 'down' | 'delete_written',
  ): PlanView['steps'][number] => ({
    ord,
    id: stepId,
    kind,
    touchesText: kind === 'schema' ? `6 tables${spice}` : `${stepId} to generic_tasks, task_artifacts${spice}`,
    touches: [
      ...(kind === 'records'
        ? [{ connection: 'legacy', object: stepId, how: 'read' as const, rows: amount, bytes: null }]
        : []),
      {
        connection: 'generic',
        object: 'generic_tasks',
        how: kind === 'schema' ? 'create' : 'insert',
        rows: null,
        bytes: null,
      },
    ],
    amount,
    unit: kind === 'schema' ? 'migrations' : 'records',
    bytes: null,
    estimate: kind === 'schema' ? null : { low: 1.2, likely: 2, high: 3.5, basis: 'sample of 2,000 records' },
    rowsPerSecond: null,
    undo,
    undoText: undo === 'down' ? 'Down scripts 003 to 001' : 'Deletes exactly the rows that the step wrote',
    needs: [],
    commit: 'target_transaction',
    commitText: 'The chunk and its record commit in one transaction of the target',
    readBy: 'file opened read-only',
    findings: 0,
    worst: null,
  });
  return {
    runId: id,
    hash: planHash,
    createdAt: at('01:16:08'),
    acceptedAt: at('01:16:40'),
    acceptedBy: 'j.lindqvist',
    steps: [
      step(1, 'model', 'schema', 3, 'down'),
      step(2, 'breakdowns', 'records', 2000, 'delete_written'),
      step(3, 'subtasks', 'records', 15_964, 'delete_written'),
    ],
    estimate: { low: 4, likely: 6, high: 9, basis: 'sample of 2,000 records' },
    space: [],
    windowSeconds: 7200,
    findings: [
      makeFinding({
        severity: 'warning',
        category: 'forecast',
        message: `3 records of subtasks will be set aside.${spice}`,
        step: 'subtasks',
        count: 3,
        rule: 'steps.subtasks.reject[0]',
      }),
    ],
    types: [],
    fates: [
      {
        object: 'legacy.lock_tracking',
        column: null,
        fate: 'not_carried',
        by: [],
        reason: `locks of the old process${spice}`,
      },
    ],
    consents: [],
    wayBack: { grade: 'same_bytes', text: 'The same bytes.' },
    fingerprints: [
      { what: `legacy.db${spice}`, value: '9b02f5d108aa'.repeat(5), strength: 'file' },
      { what: 'generic.db', value: '8c1f44e0a97d'.repeat(5), strength: 'file' },
    ],
  };
}
