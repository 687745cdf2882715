import type { AuditView } from '#shared/contract/history.ts';
import { counted, figure } from '#shared/model/figures.ts';
import { exitCodes } from '#shared/model/run.ts';
import type { Register } from '../command.ts';
import { UsageError } from '../output.ts';
import { resolveRun } from '../target.ts';

export const registerAudit: Register = (program, run) => {
  const group = program
    .command('audit')
    .description('whether the journal of a run is as it was written')
    .helpCommand(false);
  group
    .command('verify')
    .description('follow the chain of hashes through all events of a run')
    .argument('<run>', 'id, its beginning, or last')
    .option('--head <sha256>', 'head of the chain as a report that was kept elsewhere gives it')
    .action((text: string, given: { head?: string }, command) =>
      run(command, async (context) => {
        const { services, output } = context;
        const head = given.head === undefined ? null : requireHash(given.head);
        const runId = await resolveRun(context, text);
        const audit = await services.history.audit({ runId, head }, {});
        if (!output.json) output.say(auditText(audit));
        return output.answer(audit.intact ? exitCodes.completed : exitCodes.quarantineOrValidation, { ...audit });
      }),
    );
};

function requireHash(text: string): string {
  const hash = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new UsageError(
    `--head ${text} is no sha256.`,
    'It has 64 hexadecimal digits; the report gives it in its last section.',
  );
}

function auditText({ runId, events, head, firstBroken, known }: AuditView): string {
  const lines = [
    firstBroken === null
      ? `${counted(events, 'event')} of ${runId}: each contains the hash of the one before it`
      : `Event ${figure(firstBroken)} of ${runId} does not fit: it, or one before it, was changed or removed`,
  ];
  if (known === null) {
    if (head !== null) lines.push(`The chain ends with ${head}`);
    lines.push(
      'A chain can be rewritten as a whole, or cut at its end: give --head with the one that a report kept elsewhere has.',
    );
  } else if (known.event === null) {
    lines.push('No event up to there has the hash that was given: what the report saw was changed or removed since.');
  } else {
    const since = events - known.event;
    lines.push(
      `The hash that was given is that of event ${figure(known.event)}; ${since === 0 ? 'none came' : `${counted(since, 'event')} came`} after it`,
    );
  }
  return lines.join('\n');
}
