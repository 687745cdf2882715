import type { ValidationView } from '#shared/contract/validation.ts';
import type { Counts } from '#shared/model/run.ts';
import type { Format } from '../../ui/format/format.ts';
import { addAside, asideOf, asideWords, noAside } from '../shared/set-aside.tsx';

/** Statements are counted as well, but are no records: the figures of a migration leave them out. */
export function movesRecords({ counts }: { readonly counts: Counts }): boolean {
  return Object.keys(counts.outputs).length > 0;
}

/** `Yes`, `Yes, but` or `No`, with the figure that decides. */
export function validatedTitle(view: ValidationView, format: Format): string {
  const { critical, error, warning } = view.bySeverity;
  const balanced = view.ledger.every((entry) => entry.balanced);
  if (!balanced) return 'No. The accounts of at least one step do not balance';
  const differ = view.tables.filter((table) => table.result === 'differs').length;
  const equal = view.tables.length - differ;
  if (critical || error) {
    const found = [critical ? format.count(critical, 'critical issue') : '', error ? format.count(error, 'error') : '']
      .filter(Boolean)
      .join(' and ');
    const verb = (critical ?? 0) + (error ?? 0) === 1 ? 'was' : 'were';
    return `No. All accounts balance, but ${found} ${verb} found`;
  }
  if (differ > 0) return `No. ${format.number(differ)} of ${format.count(view.tables.length, 'table')} differ`;
  const kept = warning ? `; ${format.count(warning, 'warning')}, settled by named rules or to be looked at` : '';
  return `Yes. All accounts balance and ${format.count(equal, 'table')} ${equal === 1 ? 'agrees' : 'agree'}${kept}`;
}

export function validatedLead(view: ValidationView, format: Format): string {
  const took = view.tookMs === null ? '' : ` in ${format.duration(view.tookMs / 1000)}`;
  const level =
    view.level === 'quick'
      ? 'Counts, keys and checksums taken while writing were compared with what is stored at the target'
      : 'Both sides were read again';
  const moved = view.ledger.filter(movesRecords);
  const compared = moved.reduce((sum, { counts }) => sum + counts.accepted, 0);
  const aside = moved.reduce((sum, { counts }) => addAside(sum, asideOf(counts)), noAside);
  const all = aside.records + aside.rows;
  return `${format.count(compared, 'record')} compared${took}. ${level}.${all > 0 ? ` ${asideWords(aside, format)} ${all === 1 ? 'is' : 'are'} set aside.` : ''}`;
}
