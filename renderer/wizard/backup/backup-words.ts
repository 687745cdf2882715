import type { BackupView } from '#shared/contract/backup.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import type { Format } from '../../ui/format/format.ts';
import { isAtWork } from '../shared/at-work.ts';

export type BackupMode = 'none' | 'no_space' | 'running' | 'verified' | 'used' | 'expired' | 'failed';

/** What the Backup screen is about. Free space is known where the point is stored; elsewhere it is null and nothing is claimed. */
export function backupMode(view: BackupView, snapshot: RunSnapshot | null): BackupMode {
  if (isWorking(snapshot)) return 'running';
  if (view.state === 'none' || view.state === 'failed' || view.state === 'writing') {
    if (snapshot?.refused?.kind === 'space' || isShort(view)) return 'no_space';
    return view.state === 'failed' || (snapshot?.phase === 'backup' && snapshot.failure) ? 'failed' : 'none';
  }
  return view.state;
}

/** A point that is being written while nobody writes was left behind by a stop: it is of no use. */
function isWorking(snapshot: RunSnapshot | null): boolean {
  return snapshot?.phase === 'backup' && isAtWork(snapshot);
}

function isShort(view: BackupView): boolean {
  return view.freeBytes !== null && view.freeBytes < view.neededBytes;
}

/** Bytes that are verified, of those that have a size. */
export function verifiedBytes(view: BackupView): number {
  return view.items.reduce((sum, item) => sum + (item.state === 'completed' ? (item.bytes ?? 0) : 0), 0);
}

export function savedBytes(view: BackupView): number {
  return view.items.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
}

/** Targets that are yet to come, where there is no other: there is nothing to save, and a rollback removes them. */
function onlyAbsent(view: BackupView): string[] {
  if (view.items.some((item) => item.state === 'completed')) return [];
  return view.items.filter((item) => item.state === 'skipped' && item.bytes !== null).map((item) => item.object);
}

const levels = {
  hash: 'read back, and every hash matches',
  listed: 'read back and listed',
  restored: 'restored into scratch and compared',
} as const;

const grades = {
  same_bytes: 'A rollback gives back the same bytes.',
  same_content: 'A rollback gives back the same content; the bytes of the file may differ.',
  partly: 'A rollback gives back a part of it; what is not covered is named below.',
  none: 'A rollback gives nothing back; what is not covered is named below.',
} as const;

export type BackupWords = { readonly title: string; readonly lead: string };

/** Heading and lead of each state. */
export function backupWords(
  mode: BackupMode,
  view: BackupView,
  snapshot: RunSnapshot | null,
  format: Format,
): BackupWords {
  switch (mode) {
    case 'none':
      return {
        title: `Not yet. ${format.bytes(view.neededBytes)} are to be saved`,
        lead: 'Nothing was written. Execution stays closed until a verified backup exists.',
      };
    case 'no_space': {
      const refused = snapshot?.refused?.kind === 'space' ? snapshot.refused : null;
      const free = refused?.freeBytes ?? view.freeBytes ?? 0;
      const needed = refused?.neededBytes ?? view.neededBytes;
      return {
        title: `Not yet. The backup folder has ${format.bytes(free)} free and ${format.bytes(needed)} are needed`,
        lead: 'Nothing was written. Execution stays closed until a verified backup exists.',
      };
    }
    case 'running':
      return {
        title: `Saving and reading back: ${format.bytes(verifiedBytes(view))} of ${format.bytes(view.neededBytes)} are verified`,
        lead: `Each object is written, then read from disk again and hashed.${left(snapshot, format)} You can leave this screen.`,
      };
    case 'verified':
    case 'used': {
      const kept = `Rollback point ${view.pointId ?? ''}${mode === 'used' ? ', restored by a rollback of this run' : ''}, kept until you clean up this run.`;
      const absent = onlyAbsent(view);
      if (absent.length > 0) {
        const names = absent.join(' and ');
        return {
          title: `Yes. ${names} ${absent.length === 1 ? 'does' : 'do'} not exist yet, so nothing needs saving`,
          lead: `A rollback removes ${names} again. ${kept}`,
        };
      }
      return {
        title: `Yes. ${format.bytes(savedBytes(view))} are saved, ${levels[view.verifiedBy ?? 'hash']}`,
        lead: `${kept} ${grades[view.grade]}`,
      };
    }
    case 'expired':
      return {
        title: 'No longer. The rollback point was removed',
        lead: 'The run was cleaned up. The old state cannot be brought back by Overland.',
      };
    case 'failed':
      return {
        title: `No. ${snapshot?.failure?.message ?? 'The backup ended with an error'}`,
        lead: 'The source and the target were not changed. Execution stays closed until a verified backup exists.',
      };
  }
}

function left(snapshot: RunSnapshot | null, format: Format): string {
  if (!snapshot?.leftSeconds) return '';
  const words = format.estimate(snapshot.leftSeconds);
  return ` ${words.charAt(0).toUpperCase()}${words.slice(1)} left.`;
}

/** `9f31 c04e … 77ab`: enough to compare by eye; the whole hash is the title. */
export function compactHash(given: string): string {
  // A checksum of rows begins with their number, which stands beside it.
  const hash = given.replace(/^\d+:/, '');
  return hash.length <= 16 ? hash : `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-4)}`;
}
