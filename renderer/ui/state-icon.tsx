import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader2,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconPlugConnectedX,
} from '@tabler/icons-react';

export type State =
  | 'pending'
  | 'running'
  | 'completed'
  | 'failed'
  | 'rolled_back'
  | 'skipped'
  | 'paused'
  | 'lost'
  | 'attention';

export const stateWord: Readonly<Record<State, string>> = {
  pending: 'Pending',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  rolled_back: 'Rolled back',
  skipped: 'Skipped',
  paused: 'Paused',
  lost: 'Unknown',
  attention: 'Attention',
};

/** The sign of a state; hidden from screen readers, so a word belongs beside it (see StateLabel). */
export function StateIcon({ state, size = 16 }: { state: State; size?: number }) {
  const shared = { size, stroke: 2, 'aria-hidden': true as const, style: { flex: 'none' } };
  switch (state) {
    case 'running':
      return <IconLoader2 {...shared} className="spin" color="var(--accent)" />;
    case 'completed':
      return <IconCircleCheck {...shared} color="var(--ok-mark)" />;
    case 'failed':
      return <IconCircleX {...shared} color="var(--error-mark)" />;
    case 'rolled_back':
      return <IconArrowBackUp {...shared} color="var(--text-2)" />;
    case 'skipped':
      return <IconPlayerSkipForward {...shared} color="var(--text-3)" />;
    case 'paused':
      return <IconPlayerPause {...shared} color="var(--warn-mark)" />;
    case 'lost':
      return <IconPlugConnectedX {...shared} color="var(--error-mark)" />;
    case 'attention':
      return <IconAlertTriangle {...shared} color="var(--warn-mark)" />;
    case 'pending':
      return <IconCircleDashed {...shared} color="var(--text-3)" />;
  }
}
