import { duration, figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { phaseName, undoWords } from '../report-words.ts';
import { findingRow } from './finding-row.ts';
import { html, type Markup } from './markup.ts';
import { forecast, type Mark, marked, seconds, table, time } from './parts.ts';
import type { ReportSection } from './section.ts';

const stepMark: Readonly<Record<RunReport['steps'][number]['state'], Mark>> = {
  completed: 'ok',
  attention: 'warning',
  failed: 'error',
  skipped: 'info',
  rolled_back: 'info',
  pending: 'open',
};

export function stepsSection({ steps, phases, forecast: planned, timeZone }: RunReport): ReportSection {
  return {
    id: 'steps',
    title: 'Steps, forecast and actual',
    about:
      'What the plan said of each step before anything was written, and what happened. Blank means not measured. How a commit is exact, and how the step is undone, is the class the plan declared.',
    body: [
      table(
        [
          { head: 'Step' },
          { head: 'State' },
          { head: 'Amount, forecast' },
          { head: 'Amount', figure: true },
          { head: 'Time, forecast' },
          { head: 'Time', figure: true },
          { head: 'Set aside, forecast', figure: true },
          { head: 'Set aside', figure: true },
        ],
        steps.map((step) => [
          html`${step.ord}. ${step.id}<span class="sub">${step.kind}. ${step.touches}</span>`,
          html`${marked(stepMark[step.state], step.stateWords)}${step.error === null ? null : html`<span class="sub">${step.error}</span>`}`,
          html`${step.forecast.amount === null ? '' : `${figure(step.forecast.amount)} ${step.forecast.unit}`}`,
          html`${step.actual.amount === null ? '' : figure(step.actual.amount)}`,
          html`${forecast(step.forecast.seconds)}`,
          html`${seconds(step.actual.seconds)}`,
          html`${step.forecast.setAside === null ? '' : figure(step.forecast.setAside)}`,
          html`${step.actual.setAside === null ? '' : figure(step.actual.setAside)}`,
        ]),
      ),
      html`<h3>How each step commits, and how it is undone</h3>`,
      table(
        [{ head: 'Step' }, { head: 'Commit' }, { head: 'Undo' }],
        steps.map((step) => [
          html`${step.ord}. ${step.id}`,
          html`${step.commitText}`,
          html`${step.undoText === '' ? undoWords(step.undo) : step.undoText}`,
        ]),
      ),
      html`<h3>Phases</h3>`,
      table(
        [{ head: 'Phase' }, { head: 'Started' }, { head: 'Ended' }, { head: 'Took', figure: true }, { head: 'Result' }],
        phases.map((one) => [
          html`${phaseName(one.phase)}${one.attempt > 1 ? `, attempt ${one.attempt}` : ''}`,
          time(one.startedAt, timeZone),
          time(one.endedAt, timeZone),
          html`${one.tookMs === null ? '' : duration(one.tookMs)}`,
          html`${one.result}`,
        ]),
      ),
      planned === null ? html`` : forecastPart(planned),
    ],
  };
}

function forecastPart(planned: NonNullable<RunReport['forecast']>): Markup {
  return html`${
    planned.findings.length === 0
      ? null
      : html`<h3>What the plan forecast</h3>${table(
          [{ head: 'Severity' }, { head: 'Finding' }, { head: 'Count', figure: true }, { head: 'Rule' }],
          planned.findings.map(findingRow),
        )}`
  }${
    planned.notCarried.length === 0
      ? null
      : html`<h3>Named as not carried</h3>${table(
          [{ head: 'Object' }, { head: 'Reason' }],
          planned.notCarried.map((one) => [html`<code>${one.object}</code>`, html`${one.reason}`]),
        )}`
  }${
    planned.schema.length === 0
      ? null
      : html`<h3>Structure</h3>${table(
          [{ head: 'Object' }, { head: 'Change' }, { head: 'Summary' }],
          planned.schema.map((one) => [html`<code>${one.object}</code>`, html`${one.change}`, html`${one.summary}`]),
        )}`
  }`;
}
