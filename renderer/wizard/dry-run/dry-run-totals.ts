import type { DryRunView } from '#shared/contract/dry-run.ts';

export type Totals = { read: number; accepted: number; setAside: number; filtered: number };

/** Sum of the steps that move records; statements and files are counted in units of their own. */
export function dryRunTotals(view: DryRunView): Totals {
  return recordSteps(view).reduce<Totals>(
    (sum, step) => ({
      read: sum.read + step.read,
      accepted: sum.accepted + step.accepted,
      setAside: sum.setAside + step.setAside,
      filtered: sum.filtered + step.filtered,
    }),
    { read: 0, accepted: 0, setAside: 0, filtered: 0 },
  );
}

const notRecords = new Set(['statements', 'files', 'keys', 'migrations', 'tables']);

export function recordSteps(view: DryRunView): DryRunView['steps'] {
  return view.steps.filter((step) => !notRecords.has(step.unit));
}
