import { figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { html, type Markup } from './markup.ts';
import { marked, table } from './parts.ts';
import type { ReportSection } from './section.ts';

export function accountsSection({ accounts, rollback }: RunReport): ReportSection {
  const { total } = accounts;
  const part = (words: string, value: number, mark = ''): Markup =>
    html`<div><span>${words}</span><b class="${mark}">${figure(value)}</b></div>`;
  return {
    id: 'accounts',
    title: 'Accounts',
    about:
      'Two ledgers. Records: every record that was read was accepted, set aside or filtered. Rows: every row that the accepted records gave was inserted, updated, already there with the same content, or set aside.',
    body: [
      html`<div class="equation">${part('Read', total.read)}<i>=</i>${part('Accepted', total.accepted)}<i>+</i>${part(
        'Set aside',
        total.setAside,
        total.setAside > 0 ? 'warning' : '',
      )}<i>+</i>${part('Filtered by the profile', total.filtered)}</div>`,
      html`<p>${accounts.balanced ? marked('ok', 'Both ledgers balance.') : marked('critical', 'The ledgers do not balance.')}</p>`,
      rollback === null
        ? html``
        : html`<p>These are the accounts of the execution; it was rolled back afterwards, see section 8.</p>`,
      html`<h3>Records</h3>`,
      table(
        [
          { head: 'Step' },
          ...['Read', 'Accepted', 'Set aside', 'Filtered'].map((head) => ({ head, figure: true })),
          { head: 'Balance' },
        ],
        accounts.records.map((one) => [
          html`${one.ord}. ${one.step}`,
          ...[one.read, one.accepted, one.setAside, one.filtered].map((value) => html`${figure(value)}`),
          balanceMark(one.balanced),
        ]),
        html`<tfoot><tr><th scope="row">All records</th>${[
          total.read,
          total.accepted,
          total.setAside,
          total.filtered,
        ].map((value) => html`<td class="num">${figure(value)}</td>`)}<td></td></tr></tfoot>`,
      ),
      html`<h3>Rows</h3>`,
      table(
        [
          { head: 'Table' },
          { head: 'Step' },
          ...['Emitted', 'Inserted', 'Updated', 'The same', 'Set aside'].map((head) => ({ head, figure: true })),
          { head: 'Balance' },
        ],
        accounts.rows.map((one) => [
          html`<code>${one.table}</code>`,
          html`${one.step}`,
          ...[one.emitted, one.inserted, one.updated, one.same, one.setAside].map((value) => html`${figure(value)}`),
          balanceMark(one.balanced),
        ]),
      ),
    ],
  };
}

function balanceMark(balanced: boolean): Markup {
  return balanced ? marked('ok', 'balances') : marked('critical', 'does not');
}
