import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { journalSampleRun, sampleRunId } from '../../services/testing/sample-run.ts';
import { type TestEngine, testEngine } from '../../services/testing/test-engine.ts';
import { buildReport, type ReportOptions } from './build-report.ts';
import { renderReport } from './index.ts';
import { type RunReport, runReport } from './model.ts';

const options: ReportOptions = {
  timeZone: 'Europe/Berlin',
  sensitive: new Set(['legacy.subtasks.results']),
  interrupted: false,
};
let engine: TestEngine;

beforeEach(() => {
  engine = testEngine();
});
afterEach(() => engine.close());

function reportOf(id = sampleRunId, given: Partial<ReportOptions> = {}): RunReport {
  const report = buildReport(engine, id, { ...options, ...given });
  if (report === null) throw new Error('no report');
  return report;
}

describe('run report', () => {
  test('is what its schema says, and survives JSON', () => {
    journalSampleRun(engine.journal);
    const report = reportOf();
    const read: unknown = JSON.parse(renderReport(report, 'json').text);
    expect(runReport.parse(read)).toEqual(report);
  });

  test('accounts are of records; statements of a schema step are not added to them', () => {
    journalSampleRun(engine.journal);
    const { accounts } = reportOf();
    expect(accounts.total).toEqual({ read: 17_964, accepted: 17_961, setAside: 3, filtered: 0, balanced: true });
    expect(accounts.records.map((one) => one.step)).toEqual(['breakdowns', 'subtasks']);
    expect(accounts.rows.find((one) => one.table === 'task_artifacts')).toMatchObject({ setAside: 2, balanced: true });
    expect(accounts.balanced).toBe(true);
  });

  test('a ledger that does not balance is said, not smoothed', () => {
    journalSampleRun(engine.journal);
    engine.journal.db.write("UPDATE step SET counts = json_set(counts, '$.accepted', 15000) WHERE id = 'subtasks'");
    const report = reportOf();
    expect(report.accounts.balanced).toBe(false);
    expect(renderReport(report, 'html').text).toContain('The ledgers do not balance.');
    expect(renderReport(report, 'md').text).toContain('The ledgers do not balance.');
  });

  test('reasons name the rule and never quote a record', () => {
    journalSampleRun(engine.journal);
    const { reasons, total, open } = reportOf().setAside;
    expect({ total, open }).toEqual({ total: 5, open: 5 });
    expect(reasons.map(({ words, count }) => [words, count])).toEqual([
      ['Not JSON, column artifacts', 2],
      ['The parent is not in generic_tasks.', 2],
      ['Unknown status, column lifecycle_stage', 1],
    ]);
  });

  test('without the bundle every column counts as sensitive', () => {
    journalSampleRun(engine.journal);
    engine.journal.db.write("UPDATE quarantine SET message = 'secret: 4711' WHERE code = 'not_json'");
    expect(JSON.stringify(reportOf(sampleRunId, { sensitive: null }))).not.toContain('4711');
    expect(JSON.stringify(reportOf(sampleRunId, { sensitive: new Set(['legacy.subtasks.artifacts']) }))).not.toContain(
      '4711',
    );
  });

  test('holds no content of any record that was set aside', () => {
    journalSampleRun(engine.journal);
    const report = reportOf();
    for (const format of ['html', 'json', 'md'] as const) {
      expect(renderReport(report, format).text).not.toContain('private words');
    }
  });

  test('an event that was edited is found and named', () => {
    journalSampleRun(engine.journal);
    expect(reportOf().chain.firstBroken).toBeNull();
    engine.journal.db.write("UPDATE event SET text = 'Nothing happened.' WHERE seq = 3");
    const report = reportOf();
    expect(report.chain.firstBroken).toBe(3);
    expect(renderReport(report, 'html').text).toContain('Event 3 does not fit');
  });

  test('times are shown in UTC and in the zone of the reader', () => {
    journalSampleRun(engine.journal);
    const text = renderReport(reportOf(), 'html').text;
    expect(text).toContain('2026-11-20 01:16:04 UTC');
    expect(text).toContain('2026-11-20 02:16:04 local');
    const tokyo = renderReport(reportOf(sampleRunId, { timeZone: 'Asia/Tokyo' }), 'md').text;
    expect(tokyo).toContain('2026-11-20 10:16:04 local');
  });

  test('a rollback is shown with its proof, a run without one says so', () => {
    journalSampleRun(engine.journal, { outcome: 'rolled_back', rolledBack: true });
    journalSampleRun(engine.journal, { id: 'r-other' });
    const done = renderReport(reportOf(), 'md').text;
    expect(done).toContain('sha256 of the file');
    expect(done).toContain('Rolled back. The old state is back');
    expect(renderReport(reportOf('r-other'), 'md').text).toContain('The run was not rolled back.');
  });

  test('a run that has only just begun has a report', () => {
    engine.journal.runs.create({
      id: 'r-new',
      profile_id: 'p',
      profile_version: '1',
      bundle_path: '/b',
      bundle_hash: 'h',
      overrides: '{}',
      parent_run: null,
      engine_version: '0',
      person: 'a',
      machine: 'm',
      started_at: '2026-11-20T01:16:04.000Z',
    });
    const report = reportOf('r-new');
    expect(report.outcome).toMatchObject({ outcome: null, exitCode: null, severity: 'open' });
    for (const format of ['html', 'json', 'md'] as const) expect(renderReport(report, format).text).toContain('r-new');
    expect(buildReport(engine, 'r-none', options)).toBeNull();
  });
});

describe('security: what a bundle or a database says cannot become markup', () => {
  const attacks = [
    '<script>globalThis.owned = 1</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style><script>alert(1)</script>',
    '</title><svg onload=alert(1)>',
    '[x](javascript:alert(1))',
    '| broken | table\n\n# heading',
    '![x](https://evil.example/p.png)',
    'https://evil.example/?q=1',
    '\u202egnp.exe \u0000 \ud800',
    '<!-- --> ]]> {{7*7}} `id`',
  ];
  const spice = ` ${attacks.join(' ')}`;

  test('HTML: a <script> in a title, a message, a path or a name stays text', () => {
    journalSampleRun(engine.journal, { spice });
    const text = renderReport(reportOf(), 'html').text;
    expect(text).toContain('&lt;script&gt;globalThis.owned = 1&lt;/script&gt;');
    expect(text.match(/<script/gi)).toBeNull();
    expect(
      text.match(/<(img|iframe|object|embed|link|base|form|input|audio|video|source|foreignObject|use|image)\b/gi),
    ).toBeNull();
    // Tags that are there are ours, and no attribute of theirs is an event handler, a style or an address outside.
    for (const [tag] of text.matchAll(/<[a-z][^>]*>/gi)) {
      expect(tag).not.toMatch(/\son\w+\s*=|\sstyle\s*=|javascript:|\ssrc\s*=/i);
      const address = /\shref="([^"]*)"/.exec(tag)?.[1];
      if (address !== undefined) expect(address).toMatch(/^#[a-z-]+$/);
    }
    expect(text).toContain("default-src 'none'");
    expect(text).not.toContain('\u202e');
    expect(text).not.toContain('\u0000');
    expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
  });

  test('Markdown: no markup, no link, no image, no broken table', () => {
    journalSampleRun(engine.journal, { spice });
    const text = renderReport(reportOf(), 'md').text;
    const outsideCode = text.replace(/(`+)(?:(?!\1).)*?\1/g, '');
    expect(outsideCode).not.toMatch(/<[a-z!/]/i);
    expect(outsideCode).not.toMatch(/(?<!\\)\]\(/);
    expect(outsideCode).not.toContain('https://');
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
    for (const line of text.split('\n').filter((one) => one.startsWith('| '))) expect(line).toMatch(/ \|$/);
  });
});
