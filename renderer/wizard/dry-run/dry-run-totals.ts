import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { Format } from '../../ui/format/format.ts';

export type Totals = {
  read: number;
  accepted: number;
  /** Records and items. */
  setAside: number;
  /** Of `setAside`: items of records that are written otherwise, so that read = accepted + setAside - items + filtered. */
  items: number;
  filtered: number;
};

/** Sum of the steps that move records; statements and files are counted in units of their own. */
export function dryRunTotals(view: DryRunView): Totals {
  return recordSteps(view).reduce<Totals>(
    (sum, step) => ({
      read: sum.read + step.read,
      accepted: sum.accepted + step.accepted,
      setAside: sum.setAside + step.setAside,
      items: sum.items + (step.setAsideItems ?? 0),
      filtered: sum.filtered + step.filtered,
    }),
    { read: 0, accepted: 0, setAside: 0, items: 0, filtered: 0 },
  );
}

/** `72`, or `72 and 64 items` where records are written without a part of them. */
export function asideWords({ setAside, items }: Totals, format: Format): string {
  const records = format.number(setAside - items);
  return items > 0 ? `${records} and ${format.count(items, 'item')}` : records;
}

const notRecords = new Set(['statements', 'files', 'keys', 'migrations', 'tables']);

export function recordSteps(view: DryRunView): DryRunView['steps'] {
  return view.steps.filter((step) => !notRecords.has(step.unit));
}
