import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { othersText } from '../../drivers/shared/others-text.ts';
import { resolveEndpoint } from '../profile/endpoint.ts';
import type { RunBundle } from './bundle-of-run.ts';
import type { EngineContext } from './engine-context.ts';
import type { ActivePhase } from './run-manager.ts';
import type { StoredPlan } from './stored-plan.ts';

export const notQuiet = 'not_quiet';

/**
 * With `require_quiet` in the policy: fails while others are connected to a source or target, and where that cannot be known.
 * Called while no session of the run is open, which would count as another.
 */
export async function requireQuiet(
  context: EngineContext,
  active: ActivePhase,
  plan: StoredPlan,
  { profile, files }: RunBundle,
): Promise<void> {
  if (!profile.policy.requireQuiet) return;
  const { environment, drivers } = context;
  const loud: string[] = [];
  const unknown: string[] = [];
  for (const name of Object.keys(plan.fingerprints)) {
    const connection = profile.connections.get(name);
    const driver = connection && drivers.get(connection.engine);
    if (!connection || !driver?.others) continue;
    const endpoint = await resolveEndpoint(connection, files.folder, environment.secrets);
    const { sessions, complete, needed } = await driver.others(endpoint, environment, active.control.signal);
    loud.push(...othersText(sessions).map((one) => `${name}: ${one}`));
    if (!complete) unknown.push(`${name}: ${needed ?? 'nothing shows them here'}`);
  }
  if (loud.length > 0)
    throw refused(`Others are connected: ${loud.join('; ')}.`, 'End these sessions, then begin again.');
  if (unknown.length > 0)
    throw refused(
      `Whether others are connected cannot be known (${unknown.join('; ')}).`,
      'Give the user that right, or take require_quiet out of the policy.',
    );
  active.event({ severity: 'info', code: 'quiet', step: null, text: 'Nobody else is connected to source or target' });
}

function refused(message: string, suggestion: string): OverlandError {
  const words = `${message} The policy requires quiet.`;
  return new OverlandError(
    'FAILED',
    words,
    {
      finding: makeFinding({
        severity: 'error',
        category: notQuiet,
        message: words,
        path: 'policy.require_quiet',
        suggestion,
      }),
    },
    { advice: suggestion },
  );
}
