import type { ConsentNeed } from '#shared/model/error.ts';

/** What the operator has given of one consent. */
export type Given = { readonly checked: boolean; readonly typed: string };
export type GivenConsents = Readonly<Record<string, Given>>;

/** A consent counts only when it is ticked and, where a word is asked for, that word is typed exactly. */
export function isGiven(need: ConsentNeed, given: GivenConsents): boolean {
  const one = given[need.name];
  return one?.checked === true && (need.typed === null || one.typed.trim() === need.typed);
}

export function missingConsents(needs: readonly ConsentNeed[], given: GivenConsents): ConsentNeed[] {
  return needs.filter((need) => !isGiven(need, given));
}

/** `your consent to step 9`, `your consent to steps 3, 9`, `your consent to drop-legacy`. */
export function missingWords(missing: readonly ConsentNeed[], ordOf: (step: string) => number | undefined): string {
  const ords = missing.map((need) => (need.step === null ? undefined : ordOf(need.step)));
  if (ords.some((ord) => ord === undefined)) return `your consent to ${missing.map((need) => need.name).join(', ')}`;
  const unique = [...new Set(ords)];
  return `your consent to ${unique.length === 1 ? 'step' : 'steps'} ${unique.join(', ')}`;
}
