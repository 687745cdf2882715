import { counted, figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { outcomeName } from '../outcome-name.ts';
import { viaWords } from '../report-words.ts';
import { code, plain, table, when } from './text.ts';

export function head({ run, outcome, timeZone }: RunReport): string {
  return [
    `# Migration report of ${plain(run.bundleId)} ${plain(run.bundleVersion)}`,
    `**${plain(outcomeName(outcome.outcome))}.** ${plain(outcome.title)}.`,
    plain(outcome.lead),
    table(
      ['Fact', 'Value'],
      [
        ['Run', code(run.id)],
        ['Exit code', outcome.exitCode === null ? 'none yet' : String(outcome.exitCode)],
        ['Target', plain(run.target)],
        ['Plan sha256', code(run.planHash ?? 'none')],
        ['Started', when(run.startedAt, timeZone)],
        ['Ended', run.endedAt === null ? 'open' : when(run.endedAt, timeZone)],
        ['Run by', `${plain(run.person)} on ${plain(run.machine)}`],
      ],
    ),
  ].join('\n\n');
}

export function open({ outcome }: RunReport): string {
  const points =
    outcome.open.length === 0 ? 'Nothing is open.' : outcome.open.map((one) => `- ${plain(one)}`).join('\n');
  const { failure } = outcome;
  if (failure === null) return `## 1. Still open\n\n${points}`;
  const step = failure.step === null ? '' : `Step ${plain(failure.step)}: `;
  return `## 1. Still open\n\n${points}\n\nThe failure: ${step}${plain(failure.message)} ${plain(failure.advice ?? '')}`.trimEnd();
}

export function accounts({ accounts: { total, records, rows, balanced }, rollback }: RunReport): string {
  return [
    '## 2. Accounts',
    `Read ${figure(total.read)} = accepted ${figure(total.accepted)} + set aside ${figure(total.setAside)} + filtered by the profile ${figure(total.filtered)}. ${balanced ? 'Both ledgers balance.' : '**The ledgers do not balance.**'}`,
    ...(rollback === null
      ? []
      : ['These are the accounts of the execution; it was rolled back afterwards, see section 8.']),
    '### Records',
    table(
      ['Step', 'Read:', 'Accepted:', 'Set aside:', 'Filtered:', 'Balance'],
      records.map((one) => [
        `${one.ord}\\. ${plain(one.step)}`,
        ...[one.read, one.accepted, one.setAside, one.filtered].map(figure),
        one.balanced ? 'balances' : '**does not**',
      ]),
    ),
    '### Rows',
    table(
      ['Table', 'Step', 'Emitted:', 'Inserted:', 'Updated:', 'The same:', 'Set aside:', 'Balance'],
      rows.map((one) => [
        code(one.table),
        plain(one.step),
        ...[one.emitted, one.inserted, one.updated, one.same, one.setAside].map(figure),
        one.balanced ? 'balances' : '**does not**',
      ]),
    ),
  ].join('\n\n');
}

export function decisions({ decisions: made, run, timeZone }: RunReport): string {
  return [
    '## 3. Decisions',
    table(
      ['When', 'Who', 'What', 'Where'],
      made.map((one) => [when(one.at, timeZone), plain(one.who), plain(one.text), viaWords(one.via)]),
    ),
    run.autoRollback
      ? 'A rollback by the criteria of the policy was allowed without asking.'
      : 'A rollback by the criteria of the policy was to be proposed, not carried out.',
  ].join('\n\n');
}

export function environment({ environment: { facts, fingerprints }, run, timeZone }: RunReport): string {
  return [
    '## 9. Environment',
    table(
      ['Fact', 'Value'],
      [
        ...facts.map((one) => [plain(one.name), plain(one.value)]),
        ['Bundle', `${plain(run.bundleId)} ${plain(run.bundleVersion)}, ${code(run.bundlePath)}`],
        ['Bundle sha256', code(run.bundleHash)],
        ...(run.parentRun === null ? [] : [['Replay of', code(run.parentRun)]]),
        ['Local times', plain(timeZone)],
      ],
    ),
    '### Fingerprints at plan time',
    table(
      ['What', 'Fingerprint', 'Strength'],
      fingerprints.map((one) => [plain(one.what), code(one.value), plain(one.strength)]),
    ),
  ].join('\n\n');
}

export function timeline({ timeline: { events, leftOut, total }, timeZone }: RunReport): string {
  return [
    '## 10. Timeline',
    table(
      ['No.:', 'When', 'Severity', 'What'],
      events.map((event) => [figure(event.seq), when(event.at, timeZone), event.severity, plain(event.text)]),
    ),
    ...(leftOut > 0
      ? [
          `${counted(leftOut, 'routine event')} of single chunks are left out here; the journal has all ${figure(total)}.`,
        ]
      : []),
  ].join('\n\n');
}

export function verify({ chain, generatedAt, generatedBy, format, formatVersion, timeZone }: RunReport): string {
  const links =
    chain.firstBroken === null
      ? 'Every link fits.'
      : `**Event ${chain.firstBroken} does not fit: it, or one before it, was changed.**`;
  return [
    '## 11. How this report can be checked',
    `Each event in the journal contains the sha256 of the event before it. The chain ends with ${code(chain.head ?? 'no event')}. ${links} A chain can be rewritten as a whole: keep this head, or this report, outside the machine.`,
    `Written by Overland ${plain(generatedBy.version)} for ${plain(generatedBy.person)} on ${plain(generatedBy.machine)}, ${when(generatedAt, timeZone)}. Format ${format} ${formatVersion}.`,
  ].join('\n\n');
}
