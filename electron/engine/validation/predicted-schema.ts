import type { DryRunView } from '#shared/contract/dry-run.ts';
import { counted } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Catalog } from '../../drivers/relational.ts';
import type { ValidationItem } from '../steps/step-kind.ts';

/** Name of the check, by which screens find it. */
export const schemaCheck = 'Structure that the dry run predicted';

/**
 * Holds every table, index and constraint that the dry run saw change against what the targets hold now. A difference is a
 * warning: the structure may have been changed since. Nothing is said where nothing was predicted.
 */
export function checkPredictedSchema(
  predicted: DryRunView['schema'],
  targets: readonly Pick<Catalog, 'tables' | 'others'>[],
): readonly ValidationItem[] {
  if (predicted.length === 0) return [];
  const differing = predicted
    .map((change) => ({ change, found: textsOf(change.object, targets) }))
    .filter(({ change, found }) => !found.includes(change.after));
  const all = counted(predicted.length, 'object');
  return [
    ...differing.map(
      ({ change: { object, after }, found }): ValidationItem => ({
        kind: 'finding',
        finding: makeFinding({
          severity: 'warning',
          category: 'prediction',
          path: object,
          message: `The structure of ${object} is not the one that the dry run predicted.`,
          oldValue: after || null,
          newValue: found.find((text) => text !== '') ?? null,
          suggestion: 'Look whether somebody changed it since the dry run.',
          basis: 'the statements that make the object, in the dry run and now',
        }),
      }),
    ),
    {
      kind: 'check',
      check: schemaCheck,
      found: differing.length === 0 ? `${all} as predicted` : `${differing.length} of ${all} differ`,
      severity: differing.length === 0 ? 'ok' : 'warning',
    },
  ];
}

/** What makes the object, in every target; empty where it is not there. */
function textsOf(object: string, targets: readonly Pick<Catalog, 'tables' | 'others'>[]): string[] {
  return targets.map(({ tables, others }) => [...tables, ...others].find(({ name }) => name === object)?.sql ?? '');
}
