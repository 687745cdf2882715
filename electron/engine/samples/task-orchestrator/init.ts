import { join } from 'node:path';
import { figure } from '#shared/model/figures.ts';
import type { InitResult, SampleEnvironment, SampleRequest } from '../init-sample.ts';
import { type Generated, generateTaskOrchestrator } from './generate.ts';
import type { PlantedLedger } from './ledger.ts';

const legacyFile = 'legacy.db';
const plantedFile = 'planted.json';

/** The legacy file, and beside a dirty one what was planted into it. */
export async function initTaskOrchestrator(
  dir: string,
  { tasks, seed, dirty, columns, signal, onProgress }: SampleRequest,
  env: SampleEnvironment,
): Promise<Pick<InitResult, 'facts' | 'ledger'>> {
  const generated = await generateTaskOrchestrator(join(dir, legacyFile), {
    tasks,
    seed,
    dirty,
    columns: columns ?? 'newer',
    ...(signal && { signal }),
    onProgress: (done) => onProgress?.({ done, total: tasks }),
  });
  if (dirty) await env.fs.writeDurable(join(dir, plantedFile), ledgerText(generated.ledger), 0o644);
  const bytes = (await env.fs.stat(join(dir, legacyFile)))?.bytes ?? 0;
  return { facts: factsOf(generated, bytes, dirty), ledger: generated.ledger };
}

function factsOf(generated: Generated, bytes: number, dirty: boolean): readonly string[] {
  const facts = [
    `${legacyFile}: ${figure(generated.breakdowns)} breakdowns, ${figure(generated.subtasks)} subtasks, ${figure(generated.locks)} locks, ${(bytes / 1e6).toFixed(1)} MB.`,
  ];
  if (!dirty) return facts;
  return [
    ...facts,
    `${figure(generated.ledger.planted.length)} faults of ${Object.keys(generated.ledger.counts).length} kinds were planted; because of them ${figure(generated.ledger.setAside.length)} entries are set aside. ${plantedFile} names each.`,
  ];
}

function ledgerText(ledger: PlantedLedger): string {
  return `${JSON.stringify(ledger, null, 2)}\n`;
}
