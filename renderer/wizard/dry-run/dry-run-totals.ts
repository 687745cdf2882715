import type { DryRunView } from '#shared/contract/dry-run.ts';
import { isRecordUnit } from '../shared/record-units.ts';
import { type Aside, addAside, noAside } from '../shared/set-aside.tsx';

export type Totals = {
  read: number;
  accepted: number;
  /** Read = accepted + records set aside + filtered. */
  setAside: Aside;
  filtered: number;
};

/** Sum of the steps that move records; statements and files are counted in units of their own. */
export function dryRunTotals(view: DryRunView): Totals {
  return recordSteps(view).reduce<Totals>(
    (sum, step) => ({
      read: sum.read + step.read,
      accepted: sum.accepted + step.accepted,
      setAside: addAside(sum.setAside, stepAside(step)),
      filtered: sum.filtered + step.filtered,
    }),
    { read: 0, accepted: 0, setAside: noAside, filtered: 0 },
  );
}

/** A row that is set aside leaves its record accepted. */
export function stepAside({ setAside, setAsideItems = 0 }: DryRunView['steps'][number]): Aside {
  return { records: setAside - setAsideItems, rows: setAsideItems };
}

export function recordSteps(view: DryRunView): DryRunView['steps'] {
  return view.steps.filter((step) => isRecordUnit(step.unit));
}
