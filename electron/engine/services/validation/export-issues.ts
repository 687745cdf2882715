import { join, resolve } from 'node:path';
import type { Finding } from '#shared/model/finding.ts';
import type { Severity } from '#shared/model/run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { RunRecord } from '../../run/journal/rows.ts';
import { failed, messageOf } from '../failure.ts';

export type IssueFilter = {
  readonly severity: Severity | null;
  readonly search: string;
  readonly format: 'csv' | 'jsonl';
  /** A file, or a folder that gets a file of its own name in it. */
  readonly file: string;
};

const blockRows = 500;
const columns = [
  'severity',
  'category',
  'step',
  'path',
  'message',
  'oldValue',
  'newValue',
  'suggestion',
  'count',
  'rule',
  'basis',
] as const satisfies readonly (keyof Finding)[];

/**
 * Writes the issues of the last validation, worst first: a table with a head for a spreadsheet, or one JSON object a line.
 * Old and new values are production data, so the file is 0600.
 */
export async function exportIssues(
  { environment, journal }: EngineContext,
  run: RunRecord,
  { severity, search, format, file: asked }: IssueFilter,
): Promise<{ file: string; issues: number }> {
  const { fs, random } = environment;
  const given = resolve(asked);
  const isFolder = (await fs.stat(given))?.kind === 'folder';
  const file = isFolder ? join(given, `issues-${run.id}.${format}`) : given;
  const unfinished = `${file}.${random.id(6)}.tmp`;
  let issues = 0;
  try {
    await fs.append(unfinished, format === 'csv' ? csvLine(columns) : '', 0o600);
    for (;;) {
      const page = journal.findings.issues(run.id, 'validate', { severity, search, offset: issues, limit: blockRows });
      await fs.append(unfinished, page.issues.map(format === 'csv' ? csvOf : jsonOf).join(''), 0o600);
      issues += page.issues.length;
      if (page.issues.length < blockRows) break;
    }
    await fs.rename(unfinished, file);
  } catch (error) {
    await fs.remove(unfinished).catch(() => undefined);
    throw failed(
      'not_written',
      `The issues could not be written to ${file}: ${messageOf(error)}`,
      { path: file, suggestion: 'Choose a folder that may be written and has room.' },
      error,
    );
  }
  return { file, issues };
}

function jsonOf(issue: Finding & { readonly seq: number }): string {
  return `${JSON.stringify(issue)}\n`;
}

function csvOf(issue: Finding): string {
  return csvLine(columns.map((column) => issue[column]));
}

/** RFC 4180. A text that a spreadsheet would take for a formula is led by an apostrophe: values come from records. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
