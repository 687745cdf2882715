import type { RunSnapshot } from '#shared/contract/run.ts';
import type { PhaseScreen, ScreenName } from './routes.ts';

export const screenTitles: Readonly<Record<ScreenName, string>> = {
  home: 'Home',
  profile: 'Profile',
  connections: 'Connections',
  plan: 'Plan',
  backup: 'Backup',
  'dry-run': 'Dry run',
  execute: 'Execute',
  validate: 'Validate',
  finish: 'Finish',
  rollback: 'Rollback',
  quarantine: 'Quarantine',
  history: 'Run history',
  settings: 'Settings',
};

/** The screen of a line of the rail. */
export function screenOfRail(name: RunSnapshot['rail'][number]['name']): PhaseScreen {
  return name === 'dry_run' ? 'dry-run' : name;
}
