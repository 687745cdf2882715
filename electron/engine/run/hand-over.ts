import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { pointsFolder } from '../rollback/points-folder.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { type RunRows, rowsOfRun, runTables } from './journal/run-rows.ts';
import { journalMigrations } from './journal/schema.ts';

export const handOverName = 'run.json';

const row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const runRows = z.object(
  Object.fromEntries(runTables.map((table) => [table, z.array(row)])) as Record<
    (typeof runTables)[number],
    z.ZodArray<typeof row>
  >,
);
const body = z.object({
  run: z.string(),
  writtenAt: z.string(),
  person: z.string(),
  machine: z.string(),
  engineVersion: z.string(),
  /** Version of the journal whose rows these are. */
  journalVersion: z.number().int(),
  /** The run itself, then its replays. */
  runs: z.array(runRows).min(1),
});
const handOver = z.object({ format: z.literal(1), sha256: z.string(), body: z.unknown() });
export type HandOver = Omit<z.infer<typeof body>, 'runs'> & { readonly runs: readonly RunRows[] };

/**
 * Writes what somebody else needs to go on with the run into its rollback point, or into a folder of its own where it goes
 * without one: run, plan, consents, replays. Nothing is written while neither is there. Holds what the plan shows of the data: 0600.
 */
export async function keepHandOver(context: EngineContext, runId: string): Promise<void> {
  const { environment, journal } = context;
  const folder = await handOverFolder(context, runId);
  if (folder === null) return;
  const { person, machine } = environment.identity;
  const children = journal.runs.children(runId).map((child) => child.id);
  const content: HandOver = {
    run: runId,
    writtenAt: nowText(context),
    person,
    machine,
    engineVersion: context.version,
    journalVersion: journalMigrations.length,
    runs: [runId, ...children].map((id) => rowsOfRun(journal.db, id)),
  };
  const text = JSON.stringify({ format: 1, sha256: hashOf(content), body: content });
  await environment.fs.writeDurable(join(folder, handOverName), `${text}\n`);
}

/** Where a run without a rollback point is handed over: below the folder for rollback points. */
export async function handOverFolderWithoutPoint(context: EngineContext, runId: string): Promise<string> {
  return join(await pointsFolder(context), runId);
}

async function handOverFolder(context: EngineContext, runId: string): Promise<string | null> {
  const { environment, journal } = context;
  const point = journal.points.usable(runId);
  if (point) return (await environment.fs.exists(point.location)) ? point.location : null;
  if (!journal.runs.consents(runId).some((consent) => consent.subject === 'no-backup')) return null;
  const folder = await handOverFolderWithoutPoint(context, runId);
  await environment.fs.makeFolder(folder, 0o700);
  return folder;
}

/** What was handed over in this folder; fails in words when it is not there, not whole, or of a newer Overland. */
export async function readHandOver(context: EngineContext, folder: string): Promise<HandOver> {
  const { fs } = context.environment;
  const file = join(folder, handOverName);
  if (!(await fs.exists(file))) {
    throw new OverlandError(
      'NOT_FOUND',
      `There is no ${handOverName} in ${folder}.`,
      { what: handOverName, name: file },
      { advice: 'Give the folder of the rollback point; RESTORE.md in it brings the old state back without Overland.' },
    );
  }
  const read = handOver.safeParse(parsed(await fs.readText(file)));
  if (!read.success) throw unfit(file, 'It is not what Overland writes, or a newer one wrote it.');
  if (hashOf(read.data.body) !== read.data.sha256) throw unfit(file, 'Its hash differs: it was changed or cut short.');
  const content = body.safeParse(read.data.body);
  if (!content.success) throw unfit(file, 'It is not what Overland writes.');
  if (content.data.journalVersion > journalMigrations.length)
    throw unfit(file, `Overland ${content.data.engineVersion} wrote it, which is newer than this one.`);
  return content.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function unfit(file: string, why: string): OverlandError {
  const message = `${file} cannot be used. ${why}`;
  const suggestion = 'RESTORE.md in the rollback point brings the old state back without Overland.';
  return new OverlandError(
    'FAILED',
    message,
    { finding: makeFinding({ severity: 'error', category: 'hand_over', message, path: file, suggestion }) },
    { advice: suggestion },
  );
}
