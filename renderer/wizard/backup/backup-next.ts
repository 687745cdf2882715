import type { BackupView } from '#shared/contract/backup.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import type { Format } from '../../ui/format/format.ts';
import type { NextAction } from '../../ui/screen.tsx';
import type { Action } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import type { BackupMode } from './backup-words.ts';

type Given = {
  readonly mode: BackupMode;
  readonly view: BackupView;
  readonly run: Run;
  readonly format: Format;
  readonly start: Action;
  readonly dryRun: Action;
  readonly recheck: Action;
};

/** The primary button of each state of the backup. */
export function backupNext({ mode, view, run, format, start, dryRun, recheck }: Given): NextAction {
  if (run.lost) return { label: 'Start the dry run', disabled: true, note: 'Waits for: the engine' };
  switch (mode) {
    case 'none':
    case 'failed':
      if (run.snapshot?.phase === 'plan' && run.snapshot.condition === 'running') {
        return { label: 'Start the backup', disabled: true, note: 'Waits for: the analysis of the plan' };
      }
      return {
        label: mode === 'none' ? 'Start the backup' : 'Start the backup again',
        note: `Next: ${format.bytes(view.neededBytes)} are saved and read back. The sources and ${run.target} are not changed.`,
        onClick: () => start.run(),
        busy: start.busy,
      };
    case 'no_space':
      return {
        label: 'Check again',
        note: 'Next: free space is measured again. Nothing is written',
        onClick: () => recheck.run(),
        busy: recheck.busy,
      };
    case 'running': {
      const open = view.items.filter((item) => item.state === 'pending' || item.state === 'running').length;
      return {
        label: 'Start the dry run',
        disabled: true,
        note: `Waits for: ${format.count(open, 'object')} to be verified`,
      };
    }
    case 'verified':
    case 'used':
    case 'expired':
      return rehearsed(run.snapshot)
        ? { label: 'Go to the dry run', href: runHref(run.runId, 'dry-run'), note: 'Next: what the dry run found' }
        : {
            label: 'Start the dry run',
            note: 'Next: the whole plan is rehearsed in a scratch place. It cannot write.',
            onClick: () => dryRun.run(),
            busy: dryRun.busy,
          };
  }
}

/** The dry run has begun or is over, so that it is not started again by passing through. */
function rehearsed(snapshot: RunSnapshot | null): boolean {
  if (!snapshot) return true;
  if (snapshot.phase !== 'plan' && snapshot.phase !== 'backup') return true;
  return snapshot.rail.some((phase) => phase.name === 'dry_run' && phase.state !== 'pending');
}
