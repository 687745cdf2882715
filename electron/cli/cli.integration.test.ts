import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
afterAll(() => bench.remove());

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

describe('a dirty sample, from beginning to end', () => {
  const bundle = bench.path('sample');
  const legacy = join(bundle, 'legacy.db');
  let before: string;

  beforeAll(async () => {
    const made = await bench.run('init', 'task-orchestrator', bundle, '--tasks', '1000', '--dirty', '--json');
    expect(made).toMatchObject({ code: 0 });
    before = sha256(legacy);
  });

  it('check finds it valid and its connections ready', async () => {
    const { code, stdout } = await bench.run('check', bundle, '--json');
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer.problems).toEqual([]);
    expect(answer.connections.map((one: { name: string; ready: boolean }) => [one.name, one.ready])).toEqual([
      ['legacy', true],
      ['generic', true],
    ]);
  });

  it('plan makes a run and changes nothing', async () => {
    const { code, stdout } = await bench.run('plan', bundle, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).plan.steps.map((step: { id: string }) => step.id)).toEqual([
      'model',
      'breakdowns',
      'subtasks',
      'dependencies',
    ]);
    expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
    expect(sha256(legacy)).toBe(before);
  });

  it('run asks where nobody can answer: a usage error, and nothing is written', async () => {
    const { code, stderr } = await bench.run('run', bundle);
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
  });

  it('run takes up the open run of the same plan, streams progress, and ends with quarantine', async () => {
    const planned = JSON.parse((await bench.run('status', '--json')).stdout).runs;
    const { code, stdout, stderr } = await bench.run('run', bundle, '--yes', '--json', '--progress', 'ndjson');
    expect(stderr).not.toContain('error:');
    expect(code).toBe(3);
    const answer = JSON.parse(stdout);
    expect(planned.map((run: { runId: string }) => run.runId)).toContain(answer.runId);
    const { read, accepted, rejected, filtered } = answer.finish.counts;
    expect(read).toBe(accepted + rejected + filtered);
    expect(rejected).toBeGreaterThan(0);
    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    const phases = new Set(lines.map((line) => JSON.parse(line)).map((one) => one.phase));
    for (const phase of ['backup', 'dry_run', 'execute', 'validate']) expect(phases).toContain(phase);
    expect(statSync(answer.report).size).toBeGreaterThan(1000);
    expect(sha256(legacy)).toBe(before);
  });

  it('quarantine lists reasons, and exports records for nobody else to read', async () => {
    const summary = JSON.parse((await bench.run('quarantine', 'last', '--json')).stdout).summary;
    expect(summary.reasons.length).toBeGreaterThan(3);
    const file = bench.path('aside.jsonl');
    const { code } = await bench.run('quarantine', 'last', '--export', file);
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(summary.total);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it.each(['html', 'json', 'md'])('report as %s', async (format) => {
    const { code, stdout } = await bench.run('report', 'last', '--format', format);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(500);
    if (format === 'json') JSON.parse(stdout);
  });

  it('validation holds the run against what its dry run predicted', async () => {
    const { validation } = JSON.parse((await bench.run('report', 'last', '--format', 'json')).stdout);
    expect(validation.checks).toContainEqual(
      expect.objectContaining({ check: 'What the dry run predicted', severity: 'ok' }),
    );
  });

  it('a replay is listed as that of its run, last stays the run, and its window says until when it can go back', async () => {
    const replay = await bench.run('quarantine', 'last', '--replay', '--yes', '--json');
    const { runId } = JSON.parse(replay.stdout);
    expect((await bench.run('status')).stdout).toContain(`replay of ${runId}`);
    const { code, stdout } = await bench.run('status', 'last');
    expect(code).toBe(0);
    expect(stdout).toContain(`Run ${runId} of task-orchestrator`);
    expect(stdout).toMatch(
      /^Window closes \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC; roll back by \d{4}-\d\d-\d\d \d\d:\d\d:00 UTC$/m,
    );
  });

  it('a replay is not cleaned up by itself, and the answer names the run', async () => {
    const { runs } = JSON.parse((await bench.run('status', '--json')).stdout);
    const replay = runs.find((run: { parentRun: string | null }) => run.parentRun !== null);
    const { code, stdout, stderr } = await bench.run('cleanup', replay.runId, '--yes');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`Done with run ${replay.parentRun}`);
  });

  it('run on a run that has begun is refused, with what can be done', async () => {
    const { code, stderr } = await bench.run('run', 'last', '--yes');
    expect(code).toBe(2);
    expect(stderr).toMatch(/overland status r-/);
  });

  it('rollback previews without change, then takes it back', async () => {
    const preview = await bench.run('rollback', 'last', '--preview', '--json');
    expect(preview.code).toBe(0);
    expect(existsSync(join(bundle, 'generic.db'))).toBe(true);
    const { code, stderr } = await bench.run('rollback', 'last', '--yes');
    expect(stderr).not.toContain('error:');
    expect(code).toBe(0);
    expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
    expect(sha256(legacy)).toBe(before);
  });
});

describe('kill and cancel', () => {
  it('a run killed in execute shows as interrupted and is resumed to the end', async () => {
    const bundle = bench.path('killed');
    await bench.run('init', 'task-orchestrator', bundle, '--tasks', '400');
    const started = bench.start('run', bundle, '--yes', '--progress', 'ndjson');
    await started.saw('"phase":"execute","condition":"running"');
    started.process.kill('SIGKILL');
    await started.ended;
    const status = JSON.parse((await bench.run('status', 'last', '--json')).stdout);
    expect(status.snapshot.interrupted).not.toBeNull();
    const { code, stdout } = await bench.run('resume', 'last', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).finish.counts).toMatchObject({ rejected: 0, filtered: 0 });
  });

  it('Ctrl C cancels in order: exit code 130, and the run can be resumed', async () => {
    const bundle = bench.path('cancelled');
    await bench.run('init', 'task-orchestrator', bundle, '--tasks', '1500');
    const started = bench.start('run', bundle, '--yes', '--progress', 'ndjson');
    await started.saw('"phase":"execute","condition":"running"');
    started.process.kill('SIGINT');
    const { code, stderr } = await started.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('overland resume');
    const resumed = await bench.run('resume', 'last');
    expect(resumed.code).toBe(0);
  });
});

describe('consents', () => {
  const bundle = bench.path('consents');
  const accepted = async (...more: string[]) => {
    const { code, stderr } = await bench.run('run', 'last', '--yes', ...more);
    const report = JSON.parse((await bench.run('report', 'last', '--format', 'json')).stdout);
    return { code, stderr, decisions: report.decisions as { subject: string; via: string }[], backup: report.backup };
  };

  it('no-backup given after the plan was accepted counts, and the report says it came by a flag', async () => {
    await bench.run('init', 'task-orchestrator', bundle, '--tasks', '20');
    expect(await bench.run('backup', bundle, '--yes')).toMatchObject({ code: 0 });
    const { code, stderr, decisions } = await accepted('--consent', 'no-backup', '--consent', 'no-bakup');
    expect(code).toBe(0);
    expect(stderr).toContain('no consent called no-bakup');
    expect(decisions).toContainEqual(expect.objectContaining({ subject: 'no-backup', via: 'flag' }));
    expect(decisions.map((one) => one.subject)).not.toContain('no-bakup');
  });

  it('a named consent is never given by --yes: exit code 7, its name and its text, nothing written', async () => {
    const file = join(bundle, 'profile.toml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^"legacy\.lock_tracking" = .*$/m, ''));
    expect(await bench.run('rollback', 'last', '--yes')).toMatchObject({ code: 0 });
    const { code, stderr } = await bench.run('run', bundle, '--yes');
    expect(code).toBe(7);
    const name = /--consent (\S+)/.exec(stderr)?.[1];
    expect(name, stderr).toBeDefined();
    expect(existsSync(join(bundle, 'generic.db'))).toBe(false);
    const given = await accepted('--consent', name!);
    expect(given.code).toBe(0);
    expect(given.decisions).toContainEqual(expect.objectContaining({ subject: name, via: 'flag' }));
  });
});

describe('what is refused', () => {
  it.each([
    [['frobnicate'], /unknown command/],
    [['status', '--progress', 'bars'], /--progress bars/],
    [['plan', '/nowhere'], /nothing at \/nowhere/],
    [['resume', 'r-nothing'], /no run/],
    [['report', 'last', '--format', 'pdf'], /--format pdf/],
  ])('%j is a usage error', async (args, words) => {
    const { code, stdout, stderr } = await bench.run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(words);
    expect(stdout).toBe('');
  });

  it('an invalid profile: all problems with file and line, exit code 2', async () => {
    const bundle = bench.path('invalid');
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'profile.toml'), 'overland = 1\nid = "x"\nversion = "1.0.0"\nbogus = 1\nwrong = 2\n');
    const { code, stderr } = await bench.run('check', bundle);
    expect(code).toBe(2);
    expect(stderr).toMatch(/profile\.toml:4:1 .*bogus/);
    expect(stderr).toMatch(/profile\.toml:5:1 .*wrong/);
  });

  it('a phase that fails says why once, and shows how a step is read before', async () => {
    const bundle = bench.path('unreadable');
    await bench.run('init', 'task-orchestrator', bundle, '--tasks', '50');
    expect((await bench.run('plan', bundle)).stdout).toMatch(/ read by\n[^\n]*read-only/);
    writeFileSync(join(bundle, 'legacy.db'), 'this is no database, though it is long enough to be read as one');
    const { code, stdout, stderr } = await bench.run('plan', bundle);
    expect(code).toBe(1);
    expect((stdout + stderr).match(/^error: /gm)).toHaveLength(1);
    expect(stderr).toMatch(/^error: .*legacy/m);
  });

  it('with --json a failure is one document on stdout', async () => {
    const { code, stdout } = await bench.run('status', 'r-nothing', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2 });
  });
});

describe('serve', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'tells its address as JSON, answers there, and ends in order on %s',
    async (signal) => {
      const served = bench.start('serve', '--no-open', '--json');
      await served.saw('"pid"');
      await served.saw('\n}\n');
      const { address, ok } = JSON.parse(served.stdout());
      expect(ok).toBe(true);
      const answer = await fetch(address, { redirect: 'manual' });
      expect(answer.status).toBe(303);
      served.process.kill(signal);
      expect((await served.ended).code).toBe(0);
      await expect(fetch(address)).rejects.toThrow();
    },
  );

  it('a port in use is a usage error that says so', async () => {
    const first = bench.start('serve', '--no-open');
    await first.saw('Overland is at');
    const port = /127\.0\.0\.1:(\d+)/.exec(first.stdout())![1]!;
    const second = await bench.run('serve', '--no-open', '--port', port);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`Port ${port} is in use`);
    first.process.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });
});
