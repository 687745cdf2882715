import { type Finding, makeFinding } from '#shared/model/finding.ts';
import { type Catalog, DbFailure, type Endpoint, type RelationalSession } from '../../../drivers/relational.ts';
import type { World } from '../../plan/world.ts';
import type { ReadEnv, StepHead } from '../step-kind.ts';
import { withoutUnfaithful } from './faithful.ts';
import type { PlannedMigration } from './plan-types.ts';
import { type Pending, planScripts, rehearse } from './rehearsal.ts';
import { failedFinding } from './rehearsal-findings.ts';
import { leavesScratch } from './scratch-hazards.ts';
import type { SchemaSpec } from './spec.ts';

export type Rehearsed = {
  readonly migrations: readonly PlannedMigration[];
  /** As it is now: sizes, and what the way back ends with. */
  readonly target: Catalog;
  /** Before and after in the place where they were rehearsed. */
  readonly before: Catalog;
  readonly after: Catalog;
  readonly findings: readonly Finding[];
  /** The scratch copy; null when nothing was rehearsed. */
  readonly result: readonly [name: string, endpoint: Endpoint] | null;
};

/**
 * Rehearses where that changes nothing that existed before: always in a copy of a file, on a server when the profile consents and
 * no script reaches beyond the scratch place. Else the scripts are read only.
 */
export async function rehearseOrRead(
  spec: SchemaSpec,
  step: StepHead,
  session: RelationalSession,
  pending: readonly Pending[],
  world: World,
  env: ReadEnv,
): Promise<Rehearsed> {
  const { endpoint } = session;
  const before = await session.catalog(null);
  if (endpoint.engine === 'sqlite') return { ...(await rehearse(step, session, pending, world, env)), target: before };
  if (pending.length === 0)
    return { migrations: [], target: before, before, after: before, findings: [], result: null };
  const reason = spec.scratch === null ? null : await leavesScratch(session, pending, env.signal);
  if (spec.scratch === 'target' && reason === null) {
    const rehearsed = await rehearse(step, session, pending, world, env);
    const faithful = withoutUnfaithful(rehearsed.migrations, before, rehearsed.before, step);
    return {
      ...rehearsed,
      target: before,
      migrations: faithful.migrations,
      findings: [...rehearsed.findings, ...faithful.findings, scratchFinding(rehearsed.result[1], step)],
    };
  }
  return { target: before, before, after: before, result: null, ...readOnly(step, session, pending, reason) };
}

/** Without a rehearsal: the scripts taken apart, what cannot run refused. */
function readOnly(
  step: StepHead,
  session: RelationalSession,
  pending: readonly Pending[],
  reason: string | null,
): Pick<Rehearsed, 'migrations' | 'findings'> {
  const findings: Finding[] = [];
  const migrations = pending.flatMap(({ migration, startAt }): PlannedMigration[] => {
    try {
      const scripts = planScripts(session, migration);
      const { count } = scripts.upScript;
      return [{ ...migration, ...scripts, startAt, statements: count, tookMs: 0, changes: null, makes: {} }];
    } catch (error) {
      if (!(error instanceof DbFailure)) throw error;
      findings.push(failedFinding(migration, 'up', error, step));
      return [];
    }
  });
  findings.push(
    makeFinding({
      severity: 'warning',
      category: 'not_rehearsed',
      step: step.id,
      message:
        reason === null
          ? 'The migrations were read and not rehearsed: nothing is written on a server without consent.'
          : `The migrations were not rehearsed: ${reason}`,
      suggestion:
        reason === null
          ? `Write scratch = "target" at steps.${step.id} to have them rehearsed in a scratch place on that server.`
          : 'Rehearse them on a copy of the database, or leave the name out.',
    }),
  );
  return { migrations, findings };
}

function scratchFinding(endpoint: Endpoint, step: StepHead): Finding {
  const fields = 'fields' in endpoint ? endpoint.fields : {};
  const place = [fields['database'], fields['schema']].find((name) => name?.startsWith('overland_scratch'));
  return makeFinding({
    severity: 'info',
    category: 'rehearsed_on_server',
    step: step.id,
    message: `Rehearsed in ${place ?? 'a scratch place'} on the target's server; it is dropped when the plan is made.`,
  });
}
