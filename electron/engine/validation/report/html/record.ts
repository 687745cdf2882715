import { counted, figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { viaWords } from '../report-words.ts';
import { html } from './markup.ts';
import { exact, facts, marked, table, time } from './parts.ts';
import type { ReportSection } from './section.ts';

export function openSection({ outcome }: RunReport): ReportSection {
  const failure = outcome.failure;
  return {
    id: 'open',
    title: 'Still open',
    about: 'What a person still has to decide or do.',
    body: [
      outcome.open.length === 0
        ? html`<p>Nothing is open.</p>`
        : html`<ul>${outcome.open.map((one) => html`<li>${one}</li>`)}</ul>`,
      failure === null
        ? html``
        : html`<h3>The failure</h3><p>${failure.step === null ? '' : `Step ${failure.step}: `}${failure.message}</p><p>${failure.advice}</p>`,
    ],
  };
}

export function decisionsSection({ decisions, run, timeZone }: RunReport): ReportSection {
  return {
    id: 'decisions',
    title: 'Decisions',
    about:
      'Who agreed to what, when and where. The text is word for word what was shown; its sha256 is in the journal.',
    body: [
      decisions.length === 0
        ? html`<p>No decision was recorded.</p>`
        : table(
            [{ head: 'When' }, { head: 'Who' }, { head: 'What' }, { head: 'Where' }],
            decisions.map((one) => [
              time(one.at, timeZone),
              html`${one.who}`,
              html`${one.text}${one.textSha256 === null ? null : html`<span class="sub">consent ${one.subject}, ${exact(one.textSha256)}</span>`}`,
              html`${viaWords(one.via)}`,
            ]),
          ),
      html`<p>${run.autoRollback ? 'A rollback by the criteria of the policy was allowed without asking.' : 'A rollback by the criteria of the policy was to be proposed, not carried out.'}</p>`,
    ],
  };
}

export function environmentSection({ environment, run, timeZone }: RunReport): ReportSection {
  return {
    id: 'environment',
    title: 'Environment',
    about: 'What ran, where, on which bundle, and what the sources and targets were when the plan was made.',
    body: [
      facts(
        [
          ...environment.facts.map(({ name, value }) => [name, value] as const),
          ['Bundle', html`${run.bundleId} ${run.bundleVersion}, <code>${run.bundlePath}</code>`],
          ['Bundle sha256', exact(run.bundleHash)],
          ['Plan sha256', exact(run.planHash ?? 'none')],
          ...(run.parentRun === null ? [] : [['Replay of', exact(run.parentRun)] as const]),
          ['Local times', timeZone],
        ],
        true,
      ),
      html`<h3>Fingerprints at plan time</h3>`,
      table(
        [{ head: 'What' }, { head: 'Fingerprint' }, { head: 'Strength' }],
        environment.fingerprints.map((one) => [html`${one.what}`, exact(one.value), html`${one.strength}`]),
      ),
    ],
  };
}

export function timelineSection({ timeline, timeZone }: RunReport): ReportSection {
  return {
    id: 'timeline',
    title: 'Timeline',
    about: `Events of the run in order, in UTC and in the time of ${timeZone}.`,
    body: [
      table(
        [{ head: 'No.' }, { head: 'When' }, { head: 'What' }],
        timeline.events.map((event) => [
          html`${event.seq}`,
          time(event.at, timeZone),
          event.severity === 'info' ? html`${event.text}` : marked(event.severity, event.text),
        ]),
      ),
      timeline.leftOut > 0
        ? html`<p>${counted(timeline.leftOut, 'routine event')} of single chunks are left out here; the journal has all ${figure(timeline.total)}.</p>`
        : html``,
    ],
  };
}

export function verifySection({ chain }: RunReport): ReportSection {
  return {
    id: 'verify',
    title: 'How this report can be checked',
    about: 'What ties the report to the journal of the machine that ran the migration.',
    body: [
      html`<ul>
<li>Each event in the journal contains the sha256 of the event before it, so a later edit breaks the chain. The chain ends with ${exact(chain.head ?? 'no event')}. ${
        chain.firstBroken === null
          ? marked('ok', 'Every link fits.')
          : marked('critical', `Event ${chain.firstBroken} does not fit: it, or one before it, was changed.`)
      }</li>
<li>A chain alone can be rewritten as a whole. Keep this head, or this report, outside the machine; a journal that was rewritten then ends with another head.</li>
<li>When the report is saved, its own sha256 is written beside it in a file that <code>sha256sum -c</code> reads.</li>
<li>The rollback point can be checked without Overland: the sha256 of each saved file is in section 7, and RESTORE.md in its folder names the commands.</li>
</ul>`,
    ],
  };
}
