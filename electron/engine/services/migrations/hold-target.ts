import type { Holder } from '#shared/model/error.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import { targetText } from '../../profile/endpoint.ts';
import type { Profile } from '../../profile/profile.ts';
import { type EngineContext, nowText } from '../../run/engine-context.ts';

const name = 'migrations';
const beatMs = 2_000;

/** Takes the lease that runs take, so that nobody else writes meanwhile. Gives what releases it and removes our tables. */
export async function holdTarget(
  context: EngineContext,
  session: RelationalSession,
  connection: string,
  profile: Profile,
): Promise<() => Promise<void>> {
  const { person, machine, pid } = context.environment.identity;
  const now = nowText(context);
  const holder: Holder = {
    runId: name,
    person,
    machine,
    pid,
    bundle: `${profile.id} ${profile.version}`,
    phase: 'rollback',
    since: now,
    lastSign: now,
    alive: 'yes',
  };
  const answer = await session.lease(`target:${connection}`, holder);
  if ('heldBy' in answer) {
    const { heldBy } = answer;
    const message = `${connection} is in use by run ${heldBy.runId} of ${heldBy.person} on ${heldBy.machine}.`;
    throw new OverlandError('LOCKED', message, { holder: heldBy, target: targetText(session.endpoint) });
  }
  const timer = setInterval(() => {
    answer.held
      .beat('rollback')
      .catch((error: unknown) => context.environment.log.warn('The sign of life at the target failed', { error }));
  }, beatMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await answer.held.release();
    await session.control.leave(name);
  };
}
