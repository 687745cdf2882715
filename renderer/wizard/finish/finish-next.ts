import type { FinishView } from '#shared/contract/history.ts';
import { runHref } from '../../app/routes.ts';
import type { NextAction } from '../../ui/screen.tsx';

/** The primary button of each outcome. */
export function finishNext(finish: FinishView): NextAction {
  const { runId, outcome } = finish;
  const report: NextAction = {
    label: 'Export the report',
    href: runHref(runId, 'history', 'report'),
    note: 'Next: the report for the change record',
  };
  switch (outcome) {
    case null:
      return { label: 'Go to execute', href: runHref(runId, 'execute'), note: 'Next: how far the run is' };
    case 'completed':
    case 'rolled_back':
      return report;
    case 'completed_with_quarantine':
      return {
        label: 'Look at what is set aside',
        href: runHref(runId, 'quarantine'),
        note: 'Next: why they were set aside, and how to replay them',
      };
    case 'validation_failed':
      return {
        label: 'Look at the issues',
        href: runHref(runId, 'validate'),
        note: 'Next: what differs, row by row. Nothing is changed.',
      };
    case 'failed':
    case 'cancelled':
    case 'rollback_incomplete':
      return {
        label: outcome === 'rollback_incomplete' ? 'Look at the rollback' : 'Preview the rollback',
        href: runHref(runId, 'rollback'),
        note: 'Next: shows what would be restored and deleted. Nothing is changed.',
      };
  }
}
