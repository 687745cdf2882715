import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { FileLook } from './file-look.ts';

/** Fails with CONNECTION, in words for an operator, when the file cannot be a SQLite database. */
export function refuseUnfit(look: FileLook, path: string, connection: string, access: 'read' | 'write'): void {
  const words = unfitWords(look, access);
  if (!words) return;
  throw connectionError(connection, path, words.message, words.advice);
}

/** CONNECTION with one finding at the file. */
export function connectionError(connection: string, path: string, message: string, advice: string, cause?: unknown) {
  const finding = makeFinding({ severity: 'error', category: 'connection', message, path, suggestion: advice });
  return new OverlandError(
    'CONNECTION',
    `${connection} (${path}): ${message}`,
    { connection, findings: [finding] },
    { advice, cause },
  );
}

function unfitWords(look: FileLook, access: 'read' | 'write'): { message: string; advice: string } | null {
  switch (look.kind) {
    case 'sqlite':
      return null;
    case 'missing':
      if (access === 'write') return null;
      return {
        message: 'There is no file at this path.',
        advice: 'Check the path, and that the disk or share is mounted.',
      };
    case 'empty':
      if (access === 'write') return null;
      return {
        message: 'The file is empty: 0 bytes.',
        advice:
          'Choose the file that holds the data. An application or a shell may have made this one by a wrong path.',
      };
    case 'folder':
      return { message: 'The path is a folder, not a file.', advice: 'Choose the database file inside it.' };
    case 'unreadable':
      return {
        message: 'The file cannot be read with the rights of this user.',
        advice: 'Ask its owner for the right to read it, or start Overland as a user that has it.',
      };
    case 'encrypted':
      return {
        message: 'The file is not readable as SQLite; its content looks encrypted.',
        advice: 'Export it with the tool that encrypts it (for SQLCipher: sqlcipher_export) and choose the plain file.',
      };
    case 'foreign':
      return {
        message: `The file is not a SQLite database${look.seems ? `; it looks like ${look.seems}` : ''}.`,
        advice: 'Choose a file of SQLite 3. Nothing was changed.',
      };
    case 'cut':
      return {
        message: 'The file is shorter than its own header says: a copy or download may have ended early.',
        advice: 'Copy the file again and compare the sizes.',
      };
  }
}
