import { figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { html } from './markup.ts';
import { table, time } from './parts.ts';
import type { ReportSection } from './section.ts';

export function setAsideSection({ setAside, timeZone }: RunReport): ReportSection {
  return {
    id: 'set-aside',
    title: 'Set aside',
    about:
      'Records, or single rows of records, that could not be written by a rule of the profile or because the target refused them. Each is kept with its key, its whole content and the reason, outside this report.',
    body: [
      html`<p>${setAside.total === 0 ? 'Nothing was set aside.' : `${figure(setAside.total)} in all, ${figure(setAside.open)} still open.`}</p>`,
      setAside.reasons.length === 0
        ? html``
        : table(
            [
              { head: 'Reason' },
              { head: 'Step' },
              { head: 'Rule' },
              ...['Count', 'Open', 'Replayed', 'Waived'].map((head) => ({ head, figure: true })),
            ],
            setAside.reasons.map((one) => [
              html`${one.words}<span class="sub">${one.output === null ? 'the whole record' : html`a row of <code>${one.output}</code>`}${
                one.waivedBy.length === 0 ? null : `, waived by ${one.waivedBy.join(', ')}`
              }</span>`,
              html`${one.step}`,
              html`${one.rule === null ? 'refused by the target' : html`<code>${one.rule}</code>`}`,
              ...[one.count, one.open, one.replayed, one.waived].map((value) => html`${figure(value)}`),
            ]),
          ),
      setAside.replays.length === 0
        ? html``
        : html`<h3>Replays</h3>${table(
            [{ head: 'Run' }, { head: 'Started' }, { head: 'By' }, { head: 'Brought in', figure: true }],
            setAside.replays.map((one) => [
              html`<code>${one.run}</code>`,
              time(one.at, timeZone),
              html`${one.person}`,
              html`${figure(one.records)}`,
            ]),
          )}`,
    ],
  };
}
