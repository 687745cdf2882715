import { counted, duration, figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { findingRow } from './finding-row.ts';
import { html } from './markup.ts';
import { exact, facts, type Mark, marked, table, time } from './parts.ts';
import type { ReportSection } from './section.ts';

export function validationSection({ validation, timeZone }: RunReport): ReportSection {
  const about =
    'What was compared after the last write. A digest is a sum over all rows that does not depend on their order; equal digests and counts mean the same rows.';
  const base = { id: 'validation', title: 'Validation', about };
  if (validation === null)
    return { ...base, body: [html`<p>${marked('warning', 'The result was not validated.')}</p>`] };
  const verdict =
    validation.passed === null
      ? marked('warning', 'The validation did not end.')
      : validation.passed
        ? marked('ok', 'Passed: no finding is an error.')
        : marked('error', 'Not passed.');
  return {
    ...base,
    body: [
      facts(
        [
          ['Verdict', verdict],
          [
            'Level',
            validation.level === 'full' ? 'full: both sides were read again' : 'quick: the target was read again',
          ],
          ['At', time(validation.at, timeZone)],
          [
            'Compared',
            `${figure(validation.compared)} rows${validation.tookMs === null ? '' : ` in ${duration(validation.tookMs)}`}`,
          ],
        ],
        true,
      ),
      html`<h3>Tables</h3>`,
      table(
        [
          { head: 'Table' },
          { head: 'Step' },
          { head: 'Rows expected', figure: true },
          { head: 'Rows found', figure: true },
          { head: 'Digest expected' },
          { head: 'Digest found' },
          { head: 'Result' },
        ],
        validation.tables.map((one) => [
          html`<code>${one.table}</code>`,
          html`${one.step}`,
          html`${figure(one.expectedRows)}`,
          html`${one.foundRows === null ? '' : figure(one.foundRows)}`,
          exact(one.expectedDigest),
          exact(one.foundDigest),
          one.result === 'equal'
            ? marked('ok', 'equal')
            : one.result === 'differs'
              ? marked('error', 'differs')
              : marked('info', 'not compared'),
        ]),
      ),
      html`<h3>Checks</h3>`,
      table(
        [{ head: 'Check' }, { head: 'Found' }, { head: 'Result' }],
        validation.checks.map((one) => [
          html`${one.check}`,
          html`${one.found}`,
          marked(asMark(one.severity), one.severity),
        ]),
      ),
      html`<h3>Findings</h3>`,
      validation.findings.length === 0
        ? html`<p>None.</p>`
        : table(
            [{ head: 'Severity' }, { head: 'Finding' }, { head: 'Count', figure: true }, { head: 'Rule' }],
            validation.findings.map(findingRow),
          ),
      validation.findingsTotal > validation.findings.length
        ? html`<p>${counted(validation.findingsTotal - validation.findings.length, 'more finding')} in the journal.</p>`
        : html``,
    ],
  };
}

function asMark(severity: string): Mark {
  return severity === 'ok' || severity === 'info' || severity === 'warning' || severity === 'error'
    ? severity
    : 'critical';
}
