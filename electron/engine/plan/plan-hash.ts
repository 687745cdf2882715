import { createHash } from 'node:crypto';
import type { Fingerprint } from '../../drivers/relational.ts';

export type PlanIdentity = {
  readonly bundleHash: string;
  readonly overrides: string;
  readonly steps: readonly {
    readonly id: string;
    readonly kind: string;
    readonly planVersion: number;
    readonly undo: string;
  }[];
  readonly consents: readonly string[];
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
};

/**
 * sha256 of what decides the result: bundle, overrides, steps with their undo, consents and the state of every connection.
 * Measured times are not part of it, so that two analyses of the same thing have the same hash.
 */
export function planHash(identity: PlanIdentity): string {
  const prints = Object.entries(identity.fingerprints)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, print]) => [name, print.strength, print.value]);
  const content = [
    1,
    identity.bundleHash,
    identity.overrides,
    identity.steps.map((step) => [step.id, step.kind, step.planVersion, step.undo]),
    identity.consents,
    prints,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
