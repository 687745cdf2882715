import type { BackupView } from '#shared/contract/backup.ts';

/** How exact the way back is, as one sentence. */
export function wayBackWords(grade: BackupView['grade']): string {
  switch (grade) {
    case 'same_bytes':
      return 'A rollback gives back the same bytes.';
    case 'same_content':
      return 'A rollback gives back the same content: structure, rows and sequences.';
    case 'partly':
      return 'A rollback gives back part of the old state; the plan names what it does not.';
    case 'none':
      return 'There is no way back.';
  }
}
