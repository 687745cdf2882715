import { bytes, counted, duration, estimated, figure } from '#shared/model/figures.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { RunReport } from '../model.ts';
import { phaseName, undoWords } from '../report-words.ts';
import { code, plain, table, when } from './text.ts';

export function steps({ steps: all, phases, forecast, timeZone }: RunReport): string {
  const text = [
    '## 4. Steps, forecast and actual',
    table(
      [
        'Step',
        'State',
        'Amount, forecast:',
        'Amount:',
        'Time, forecast',
        'Time:',
        'Set aside, forecast:',
        'Set aside:',
        'Undo',
      ],
      all.map((step) => [
        `${step.ord}\\. ${plain(step.id)}`,
        plain(step.stateWords) + (step.error === null ? '' : `: ${plain(step.error)}`),
        step.forecast.amount === null ? '' : `${figure(step.forecast.amount)} ${plain(step.forecast.unit)}`,
        step.actual.amount === null ? '' : figure(step.actual.amount),
        step.forecast.seconds === null ? 'not measured' : estimated(step.forecast.seconds),
        step.actual.seconds === null ? '' : duration(step.actual.seconds * 1000),
        step.forecast.setAside === null ? '' : figure(step.forecast.setAside),
        step.actual.setAside === null ? '' : figure(step.actual.setAside),
        undoWords(step.undo),
      ]),
    ),
    '### Phases',
    table(
      ['Phase', 'Started', 'Ended', 'Took:', 'Result'],
      phases.map((one) => [
        phaseName(one.phase) + (one.attempt > 1 ? `, attempt ${one.attempt}` : ''),
        when(one.startedAt, timeZone),
        when(one.endedAt, timeZone),
        one.tookMs === null ? '' : duration(one.tookMs),
        plain(one.result ?? ''),
      ]),
    ),
  ];
  if (forecast && forecast.findings.length > 0)
    text.push('### What the plan forecast', findingTable(forecast.findings));
  if (forecast && forecast.notCarried.length > 0) {
    text.push(
      '### Named as not carried',
      table(
        ['Object', 'Reason'],
        forecast.notCarried.map((one) => [code(one.object), plain(one.reason)]),
      ),
    );
  }
  return text.join('\n\n');
}

function findingTable(findings: readonly Finding[]): string {
  return table(
    ['Severity', 'Finding', 'Where', 'Values', 'Count:', 'What to do'],
    findings.map((one) => [
      one.severity,
      plain(one.message),
      code(one.path),
      plain([one.oldValue, one.newValue].filter((value) => value !== null).join(' → ')),
      one.count === null ? '' : figure(one.count),
      plain(one.suggestion ?? ''),
    ]),
  );
}

export function validation({ validation: view, timeZone }: RunReport): string {
  if (view === null) return '## 5. Validation\n\nThe result was not validated.';
  const verdict =
    view.passed === null
      ? 'The validation did not end.'
      : view.passed
        ? 'Passed: no finding is an error.'
        : '**Not passed.**';
  const more = view.findingsTotal - view.findings.length;
  return [
    '## 5. Validation',
    `${verdict} Level ${plain(view.level)}, ${figure(view.compared)} rows compared, ${when(view.at, timeZone)}.`,
    table(
      ['Table', 'Step', 'Rows expected:', 'Rows found:', 'Digest expected', 'Digest found', 'Result'],
      view.tables.map((one) => [
        code(one.table),
        plain(one.step),
        figure(one.expectedRows),
        one.foundRows === null ? '' : figure(one.foundRows),
        code(one.expectedDigest),
        code(one.foundDigest),
        one.result.replaceAll('_', ' '),
      ]),
    ),
    table(
      ['Check', 'Found', 'Result'],
      view.checks.map((one) => [plain(one.check), plain(one.found), plain(one.severity)]),
    ),
    '### Findings',
    findingTable(view.findings),
    ...(more > 0 ? [`${counted(more, 'more finding')} in the journal.`] : []),
  ].join('\n\n');
}

export function setAside({ setAside: { total, open: still, reasons, replays }, timeZone }: RunReport): string {
  const text = [
    '## 6. Set aside',
    total === 0 ? 'Nothing was set aside.' : `${figure(total)} in all, ${figure(still)} still open.`,
  ];
  if (reasons.length > 0) {
    text.push(
      table(
        ['Reason', 'Step', 'What', 'Rule', 'Count:', 'Open:', 'Replayed:', 'Waived:', 'Waived by'],
        reasons.map((one) => [
          plain(one.words),
          plain(one.step),
          one.output === null ? 'the whole record' : `a row of ${code(one.output)}`,
          one.rule === null ? 'refused by the target' : code(one.rule),
          ...[one.count, one.open, one.replayed, one.waived].map(figure),
          plain(one.waivedBy.join(', ')),
        ]),
      ),
    );
  }
  if (replays.length > 0) {
    text.push(
      '### Replays',
      table(
        ['Run', 'Started', 'By', 'Brought in:'],
        replays.map((one) => [code(one.run), when(one.at, timeZone), plain(one.person), figure(one.records)]),
      ),
    );
  }
  return text.join('\n\n');
}

export function backup({ backup: point, window, timeZone }: RunReport): string {
  if (point === null) return '## 7. Rollback point\n\nNo rollback point was made.';
  return [
    '## 7. Rollback point',
    `${code(point.pointId)}, ${plain(point.state)}${point.verifiedBy === null ? '' : ` by ${plain(point.verifiedBy)}`}, saved ${when(point.at, timeZone)} in ${code(point.location)}. ${plain(point.wayBack)}`,
    ...(window?.decideBy
      ? [
          `Roll back by ${when(window.decideBy, timeZone)}; the window closes ${when(window.closes, timeZone)}. ${plain(window.rollbackSeconds?.basis ?? '')}.`,
        ]
      : []),
    table(
      ['Object', 'How', 'Size:', 'sha256', 'From'],
      point.items.map((item) => [
        plain(`${item.connection}: ${item.object}`),
        item.how.replaceAll('_', ' '),
        item.how === 'absent' ? '' : bytes(item.bytes),
        code(item.sha256),
        code(item.originalPath),
      ]),
    ),
  ].join('\n\n');
}

export function rollback({ rollback: done, timeZone }: RunReport): string {
  if (done === null) return '## 8. Rollback\n\nThe run was not rolled back.';
  return [
    '## 8. Rollback',
    [
      plain(done.state),
      ...(done.at === null ? [] : [when(done.at, timeZone)]),
      ...(done.tookMs === null ? [] : [`took ${duration(done.tookMs)}`]),
    ].join(', ') + (done.cause === null ? '.' : `. It stopped: ${plain(done.cause)}`),
    table(
      ['Step', 'Action', 'What', 'Undone:'],
      done.steps.map((one) => [
        `${one.ord}\\. ${plain(one.step)}`,
        plain(one.action),
        plain(one.what),
        figure(one.undone),
      ]),
    ),
    '### Proof',
    table(
      ['Object', 'Before the run', 'Now', 'Compared by', 'Result'],
      done.proof.map((one) => [plain(one.object), code(one.before), code(one.after), plain(one.how), one.result]),
    ),
    ...(done.diverged.length > 0 ? ['### Rows that others changed', findingTable(done.diverged)] : []),
  ].join('\n\n');
}
