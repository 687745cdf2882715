import type { ConsentNeed } from '#shared/model/error.ts';
import type { ProfileStep } from '../profile/profile.ts';
import type { Planned } from '../steps/step-kind.ts';

/** Named consents that the plan needs; `--yes` grants none of them. */
export function consentsOf(
  steps: readonly { readonly step: ProfileStep; readonly planned: Planned<unknown> }[],
  uncovered: readonly string[],
): ConsentNeed[] {
  const needs: ConsentNeed[] = steps
    .filter(({ planned }) => planned.undo === 'none')
    .map(({ step, planned }) => ({
      name: `no-way-back-${step.id}`,
      step: step.id,
      text: `Step ${step.id} cannot be undone: ${planned.undoText}`,
      typed: step.id,
    }));
  needs.push(...steps.flatMap(({ planned }) => planned.consents ?? []));
  if (uncovered.length > 0) {
    needs.push({
      name: 'not-carried',
      step: null,
      text: `Not carried over and not named in the profile: ${uncovered.join('; ')}`,
      typed: null,
    });
  }
  return needs;
}
