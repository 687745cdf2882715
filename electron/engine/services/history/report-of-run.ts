import { join } from 'node:path';
import { bundleOfRun } from '../../run/bundle-of-run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { findRun, isInterrupted } from '../../run/run-lock.ts';
import { buildReport } from '../../validation/report/build-report.ts';
import { type RenderedReport, type ReportFormat, renderReport } from '../../validation/report/index.ts';
import { failed, invalidInput, messageOf, notFound } from '../failure.ts';

/** The report of a run in one format; fails with NOT_FOUND when there is no such run. */
export async function reportOfRun(
  context: EngineContext,
  runId: string,
  format: ReportFormat,
): Promise<RenderedReport> {
  const run = findRun(context, runId);
  const report = buildReport(context, runId, {
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    sensitive: await sensitiveOf(context, run),
    interrupted: isInterrupted(run, context.environment.identity),
  });
  if (report === null) throw notFound('run', runId);
  return renderReport(report, format);
}

/** Writes the report into the folder, 0600, and beside it its sha256 in the form that `sha256sum -c` reads. */
export async function saveReport(
  context: EngineContext,
  runId: string,
  format: ReportFormat,
  folder: string,
): Promise<{ file: string; bytes: number }> {
  const { fs } = context.environment;
  const stat = await fs.stat(folder);
  if (stat?.kind !== 'folder') {
    throw invalidInput(
      'folder',
      stat === null ? `There is no folder ${folder}.` : `${folder} is not a folder.`,
      'Choose a folder that exists.',
    );
  }
  const report = await reportOfRun(context, runId, format);
  const file = join(folder, report.name);
  try {
    await fs.writeDurable(file, report.text);
    await fs.writeDurable(`${file}.sha256`, `${report.sha256}  ${report.name}\n`);
  } catch (error) {
    throw failed(
      'not_written',
      `The report could not be written to ${file}: ${messageOf(error)}`,
      { path: file, suggestion: 'Choose a folder that may be written and has room.' },
      error,
    );
  }
  return { file, bytes: Buffer.byteLength(report.text, 'utf8') };
}

/** Keeps the report of a run in the data folder, in every format, before its traces are cleaned up or deleted. */
export async function keepReport(context: EngineContext, runId: string): Promise<void> {
  const { fs, paths } = context.environment;
  const folder = join(paths.reports, runId);
  await fs.makeFolder(folder);
  for (const format of ['html', 'json', 'md'] as const) await saveReport(context, runId, format, folder);
}

/** `sensitive` of the profile; null when the bundle cannot be read any more. */
async function sensitiveOf(
  context: EngineContext,
  run: { readonly bundle_path: string; readonly overrides: string },
): Promise<ReadonlySet<string> | null> {
  try {
    const { profile } = await bundleOfRun(context, run);
    return profile.sensitive;
  } catch (error) {
    context.environment.log.debug('The bundle of a report cannot be read; all columns count as sensitive', {
      bundle: run.bundle_path,
      reason: messageOf(error),
    });
    return null;
  }
}
