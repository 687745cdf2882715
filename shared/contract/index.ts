import type { ContractRouterClient } from '@orpc/contract';
import { backupContract } from './backup.ts';
import { bundleContract } from './bundle.ts';
import { connectionContract } from './connection.ts';
import { dryRunContract } from './dry-run.ts';
import { handOverContract } from './hand-over.ts';
import { historyContract } from './history.ts';
import { migrationsContract } from './migrations.ts';
import { planContract } from './plan.ts';
import { quarantineContract } from './quarantine.ts';
import { rollbackContract } from './rollback.ts';
import { runContract } from './run.ts';
import { systemContract } from './system.ts';
import { validationContract } from './validation.ts';

/** The one typed API. Desktop, browser and command line call the same services through it. */
export const contract = {
  system: systemContract,
  bundle: bundleContract,
  connection: connectionContract,
  migrations: migrationsContract,
  plan: planContract,
  run: runContract,
  backup: backupContract,
  dryRun: dryRunContract,
  validation: validationContract,
  rollback: rollbackContract,
  quarantine: quarantineContract,
  handOver: handOverContract,
  history: historyContract,
};
export type Contract = typeof contract;
export type OverlandClient = ContractRouterClient<Contract>;
