import { createHash } from 'node:crypto';
import { type ConsentNeed, type ConsentVia, OverlandError } from '#shared/model/error.ts';
import { isError } from '#shared/model/finding.ts';
import { nowText } from '../run/engine-context.ts';
import { findRun } from '../run/run-lock.ts';
import { type RunManager, wrongState } from '../run/run-manager.ts';
import { planView } from '../run/stored-plan.ts';

export type Acceptance = {
  /** Of the plan that was shown. */
  readonly hash: string;
  readonly consents: readonly string[];
  /** How each consent was given; `screen` where nothing is said. */
  readonly via: Readonly<Record<string, ConsentVia>>;
};

const noBackup: ConsentNeed = {
  name: 'no-backup',
  step: null,
  text: 'Execution without a rollback point: there is no saved state to come back to.',
  typed: null,
};

/** Freezes the plan of a run by its hash and journals each consent, word for word, with who gave it and how. */
export function acceptPlan(manager: RunManager, runId: string, { hash, consents, via }: Acceptance): void {
  const { journal, environment } = manager.context;
  const run = findRun(manager.context, runId);
  const view = planView(manager.context, runId);
  if (manager.active(runId)) throw wrongState(run, ['wait until the phase at work has ended']);
  if (view.hash !== hash) throw analysedAgain(hash, view.hash);
  const first = view.findings.find(isError);
  if (first)
    throw new OverlandError(
      'FAILED',
      `The plan cannot be accepted: ${first.message}`,
      { finding: first },
      { advice: first.suggestion ?? 'Settle the errors of the plan, then analyse it again.' },
    );
  requireConsents(view.consents, consents);
  const { person } = environment.identity;
  const at = nowText(manager.context);
  const given = consents.includes(noBackup.name) ? [...view.consents, noBackup] : view.consents;
  journal.db.transaction(() => {
    journal.runs.clearConsents(runId);
    for (const { name, text } of given) {
      journal.runs.consent({
        run: runId,
        subject: name,
        text,
        text_sha256: createHash('sha256').update(text).digest('hex'),
        who: person,
        via: via[name] ?? 'screen',
        at,
      });
    }
    journal.runs.change(runId, { accepted_at: at, accepted_by: person });
  });
  manager.event(runId, {
    severity: 'info',
    code: 'plan_accepted',
    step: null,
    text: `Plan ${hash.slice(0, 8)} accepted by ${person}`,
  });
}

/** Fails with CONSENT_MISSING and what is missing; every consent is given by its name. */
export function requireConsents(needs: readonly ConsentNeed[], given: readonly string[]): void {
  const missing = needs.filter((need) => !given.includes(need.name));
  if (missing.length === 0) return;
  throw new OverlandError(
    'CONSENT_MISSING',
    `Consent is missing: ${missing.map((need) => need.name).join(', ')}.`,
    { needs: [...missing] },
    { advice: `Read what it says, then give it by name: --consent ${missing[0]?.name}` },
  );
}

function analysedAgain(shown: string, now: string): OverlandError {
  return new OverlandError(
    'PLAN_STALE',
    'This is not the plan that was shown last; it was analysed again.',
    {
      differences: [
        { what: 'plan', inPlan: shown.slice(0, 16), now: now.slice(0, 16), same: false, note: 'analysed again' },
      ],
    },
    { advice: 'Look at the plan again, then accept it.' },
  );
}
