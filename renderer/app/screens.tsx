import { type ComponentType, lazy } from 'react';
import { HomeScreen } from '../wizard/home/home-screen.tsx';
import type { ScreenName } from './routes.ts';

/** Home is part of the first paint; the others are read when they are gone to. */
export const screens: Readonly<Record<ScreenName, ComponentType>> = {
  home: HomeScreen,
  profile: lazy(async () => ({ default: (await import('../wizard/profile/profile-screen.tsx')).ProfileScreen })),
  connections: lazy(async () => ({
    default: (await import('../wizard/connections/connections-screen.tsx')).ConnectionsScreen,
  })),
  plan: lazy(async () => ({ default: (await import('../wizard/plan/plan-screen.tsx')).PlanScreen })),
  backup: lazy(async () => ({ default: (await import('../wizard/backup/backup-screen.tsx')).BackupScreen })),
  'dry-run': lazy(async () => ({ default: (await import('../wizard/dry-run/dry-run-screen.tsx')).DryRunScreen })),
  execute: lazy(async () => ({ default: (await import('../wizard/execute/execute-screen.tsx')).ExecuteScreen })),
  validate: lazy(async () => ({ default: (await import('../wizard/validate/validate-screen.tsx')).ValidateScreen })),
  finish: lazy(async () => ({ default: (await import('../wizard/finish/finish-screen.tsx')).FinishScreen })),
  rollback: lazy(async () => ({ default: (await import('../wizard/rollback/rollback-screen.tsx')).RollbackScreen })),
  quarantine: lazy(async () => ({
    default: (await import('../wizard/quarantine/quarantine-screen.tsx')).QuarantineScreen,
  })),
  history: lazy(async () => ({ default: (await import('../history/history-screen.tsx')).HistoryScreen })),
  settings: lazy(async () => ({ default: (await import('../settings/settings-screen.tsx')).SettingsScreen })),
};
