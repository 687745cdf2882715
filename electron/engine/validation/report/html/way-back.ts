import { bytes, duration, figure } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { findingRow } from './finding-row.ts';
import { html } from './markup.ts';
import { exact, facts, marked, table, time } from './parts.ts';
import type { ReportSection } from './section.ts';

export function backupSection({ backup, window, timeZone }: RunReport): ReportSection {
  const base = {
    id: 'backup',
    title: 'Rollback point',
    about:
      'What was saved before the first write, and how it was verified. The hashes are of the saved files, read back.',
  };
  if (backup === null) return { ...base, body: [html`<p>${marked('warning', 'No rollback point was made.')}</p>`] };
  return {
    ...base,
    body: [
      facts(
        [
          ['Point', html`<code>${backup.pointId}</code>, ${backup.state}`],
          ['Saved', time(backup.at, timeZone)],
          ['Location', exact(backup.location)],
          ['Verified by', backup.verifiedBy ?? 'not verified'],
          ['Way back', backup.wayBack],
          ...(window?.decideBy
            ? ([
                ['Window closes', time(window.closes, timeZone)],
                [
                  'Roll back by',
                  html`${time(window.decideBy, timeZone)}<span class="sub">${window.rollbackSeconds?.basis ?? ''}</span>`,
                ],
              ] as const)
            : []),
        ],
        true,
      ),
      html`<h3>What it holds</h3>`,
      table(
        [{ head: 'Object' }, { head: 'How' }, { head: 'Size', figure: true }, { head: 'sha256' }],
        backup.items.map((item) => [
          html`${item.connection}: ${item.object}<span class="sub"><code>${item.originalPath}</code></span>`,
          html`${item.how.replaceAll('_', ' ')}`,
          html`${item.how === 'absent' ? '' : bytes(item.bytes)}`,
          exact(item.sha256),
        ]),
      ),
    ],
  };
}

export function rollbackSection({ rollback, timeZone }: RunReport): ReportSection {
  const base = {
    id: 'rollback',
    title: 'Rollback',
    about: 'What was undone, last step first, and the comparison of the old state with what is there now.',
  };
  if (rollback === null) return { ...base, body: [html`<p>The run was not rolled back.</p>`] };
  return {
    ...base,
    body: [
      facts(
        [
          ['State', rollback.state],
          ...(rollback.cause === null ? [] : ([['Stopped by', rollback.cause]] as const)),
          ['At', rollback.at === null ? 'not ended' : time(rollback.at, timeZone)],
          ['Took', rollback.tookMs === null ? '' : duration(rollback.tookMs)],
        ],
        true,
      ),
      html`<h3>What was done</h3>`,
      table(
        [{ head: 'Step' }, { head: 'Action' }, { head: 'What' }, { head: 'Undone', figure: true }],
        rollback.steps.map((one) => [
          html`${one.ord}. ${one.step}`,
          one.action === 'Not undone' ? marked('critical', one.action) : html`${one.action}`,
          html`${one.what}`,
          html`${figure(one.undone)}`,
        ]),
      ),
      html`<h3>Proof</h3>`,
      table(
        [{ head: 'Object' }, { head: 'Before the run' }, { head: 'Now' }, { head: 'Compared by' }, { head: 'Result' }],
        rollback.proof.map((one) => [
          html`${one.object}`,
          exact(one.before),
          exact(one.after),
          html`${one.how}`,
          one.result === 'same' ? marked('ok', 'same') : marked('error', 'differs'),
        ]),
      ),
      rollback.diverged.length === 0
        ? html``
        : html`<h3>Rows that others changed</h3>${table(
            [{ head: 'Severity' }, { head: 'Finding' }, { head: 'Count', figure: true }, { head: 'Rule' }],
            rollback.diverged.map(findingRow),
          )}`,
    ],
  };
}
