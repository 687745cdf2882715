import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';

/** What the journal needs to note how a phase ended. */
const neededBytes = 1024 * 1024;

/** An error of SQLite about the disk of the journal, in words; every other error as it is. */
export function journalFailure(error: unknown, file: string): unknown {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (!/^SQLITE_(FULL|IOERR|CANTOPEN|READONLY)/.test(code)) return error;
  const where = dirname(file);
  const freeBytes = freeIn(where);
  if (code === 'SQLITE_FULL' || (freeBytes !== null && freeBytes < neededBytes)) {
    const message = `The disk of the data folder ${where} is full: the journal cannot be written.`;
    const advice = 'Free space there, then resume; what is committed stays.';
    return new OverlandError(
      'SPACE',
      message,
      { where, neededBytes, freeBytes: freeBytes ?? 0, advice },
      { advice, cause: error },
    );
  }
  const message = `The journal ${file} cannot be read or written: ${(error as Error).message}.`;
  const suggestion = 'Check the disk and the rights of this user on it, or use another data folder (--home).';
  const finding = makeFinding({ severity: 'error', category: 'journal', message, path: file, suggestion });
  return new OverlandError('FAILED', message, { finding }, { advice: suggestion, cause: error });
}

function freeIn(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
