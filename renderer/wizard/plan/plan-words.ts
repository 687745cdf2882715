import type { PlanView } from '#shared/contract/plan.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { isError } from '#shared/model/finding.ts';
import type { UndoMode } from '#shared/model/run.ts';
import type { Format } from '../../ui/format/format.ts';

/** Findings with which the engine does not accept a plan. */
export function planErrors({ findings }: PlanView): number {
  return findings.filter(isError).length;
}

/** The heading: how many steps, how long, and what cannot be undone; before that, what stands in the way. */
export function planTitle(plan: PlanView, format: Format): string {
  const steps = format.count(plan.steps.length, 'step');
  const errors = planErrors(plan);
  if (errors > 0) return `${steps}, but ${format.count(errors, 'error')} must be settled first`;
  const time = plan.estimate ? format.estimate(plan.estimate) : 'time not measured';
  const final = plan.steps.filter((step) => step.undo === 'none').length;
  const undone =
    final === 0
      ? plan.steps.length === 1
        ? 'It can be undone'
        : 'All of them can be undone'
      : final === 1
        ? plan.steps.length === 1
          ? 'It cannot be undone'
          : 'One of them cannot be undone'
        : `${format.number(final)} of them cannot be undone`;
  return `${steps}, ${time}. ${undone}`;
}

/** Space, window and way back, each only where it is known. */
export function planLead(plan: PlanView, snapshot: RunSnapshot, format: Format, now: number): string {
  const ends = plan.estimate ? now + plan.estimate.likely * 1000 : null;
  const closes = snapshot.window ? Date.parse(snapshot.window.closes) : null;
  const window: string[] = [];
  if (ends !== null && closes !== null) {
    const spare = (closes - ends) / 1000;
    const at = format.time(new Date(ends).toISOString());
    window.push(
      spare >= 0
        ? `Started now it ends about ${at}, ${format.duration(spare)} before the window closes.`
        : `Started now it ends about ${at}, ${format.duration(-spare)} after the window closes.`,
    );
  }
  return [...spaceWords(plan.space, format), ...window, plan.wayBack.text].filter(Boolean).join(' ');
}

/** One sentence while every place has room; a place that has none, or where nobody knows, is named. */
function spaceWords(needs: PlanView['space'], format: Format): string[] {
  const places = spaceByPlace(needs);
  const [first] = places;
  if (!first) return [];
  const named = places.filter(({ neededBytes, freeBytes }) => freeBytes === null || freeBytes < neededBytes);
  if (named.length === 0) {
    const needed = places.reduce((sum, place) => sum + place.neededBytes, 0);
    const free = Math.min(...places.map(({ freeBytes }) => freeBytes ?? 0));
    return [`Needs ${format.bytes(needed)} of disk, ${format.bytes(free)} are free.`];
  }
  return named.map(({ where, neededBytes, freeBytes }) => {
    const needed = `Needs ${format.bytes(neededBytes)} at ${where}`;
    return freeBytes === null
      ? `${needed}; how much is free is not known.`
      : `${needed}, where only ${format.bytes(freeBytes)} are free.`;
  });
}

type Space = Pick<PlanView['space'][number], 'where' | 'neededBytes' | 'freeBytes'>;

/** What several purposes need at one place is one need. */
export function spaceByPlace(needs: PlanView['space']): Space[] {
  const places = new Map<string, Space>();
  for (const { where, neededBytes, freeBytes } of needs) {
    const known = places.get(where);
    places.set(where, { where, neededBytes: neededBytes + (known?.neededBytes ?? 0), freeBytes });
  }
  return [...places.values()];
}

/** How a step is undone, short enough for a column; the engine's whole sentence stands in the details. */
export const undoWords: Readonly<Record<UndoMode, string>> = {
  transaction: 'Rolled back with its transaction',
  down: 'Down scripts, last one first',
  delete_written: 'Deletes exactly the rows it wrote',
  drop_created: 'Drops what it created',
  preimages: 'Puts back what was there before',
  restore: 'Restores what was saved',
  move_back: 'Moves the files back',
  none: 'Cannot be undone',
};
