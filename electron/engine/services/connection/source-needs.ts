import type { ConnectionReport } from '#shared/contract/connection.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Session } from '../../../drivers/relational.ts';
import type { Profile, ProfileConnection, ProfileStep } from '../../profile/profile.ts';
import { type EngineContext, nowText } from '../../run/engine-context.ts';

/** What the connection is to the steps; by its access when none uses it. */
export function roleOf(profile: Profile, connection: ProfileConnection): ConnectionReport['role'] {
  if (connection.access === 'scratch') return 'Scratch';
  const used = profile.steps.map((step) => step.kind.connections(step.spec));
  const read = used.some(({ reads }) => reads.includes(connection.name));
  const written = used.some(({ writes }) => writes.includes(connection.name));
  if (read && written) return 'Source and target';
  if (read) return 'Source';
  if (written) return 'Target';
  return connection.access === 'read' ? 'Source' : 'Target';
}

/** Steps that read a connection and write none of it: what they need must be there before the run. */
export function stepsReading(profile: Profile, connection: string): readonly ProfileStep[] {
  const made = profile.steps.some((step) => step.kind.connections(step.spec).writes.includes(connection));
  if (made) return [];
  return profile.steps.filter((step) => step.kind.connections(step.spec).reads.includes(connection));
}

/** What the steps miss in their source, as far as their kinds can tell beforehand. */
export async function sourceFindings(
  context: EngineContext,
  profile: Profile,
  steps: readonly ProfileStep[],
  session: Session,
): Promise<Finding[]> {
  const run = { id: 'check', startedAt: nowText(context) };
  const found: Finding[] = [];
  for (const step of steps) {
    const env = { maps: profile.maps, constants: profile.constants, run };
    found.push(...((await step.kind.examine?.(step.spec, step, session, env)) ?? []));
  }
  return found;
}
