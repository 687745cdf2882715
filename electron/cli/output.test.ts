import { describe, expect, it } from 'vitest';
import { OverlandError } from '#shared/model/error.ts';
import { errorLines, exitCodeFor, Interrupted, Output, UsageError } from './output.ts';

function streams() {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out,
    err,
    streams: {
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: (text: string) => err.push(text) },
    },
  };
}

describe('Output', () => {
  it('with --json answers exactly one document on stdout, all else on stderr', () => {
    const { out, err, streams: both } = streams();
    const output = new Output(both, true);
    output.say('a line');
    output.answer(0, { runId: 'r1' });
    output.answer(0, { runId: 'r2' });
    expect(JSON.parse(out.join(''))).toEqual({ ok: true, exitCode: 0, runId: 'r1' });
    expect(err).toEqual(['a line\n']);
  });

  it('with --json tells a failure as the document', () => {
    const { out, streams: both } = streams();
    const code = new Output(both, true).fail(new OverlandError('NOT_FOUND', 'No run r9.', { what: 'run', name: 'r9' }));
    expect(code).toBe(2);
    expect(JSON.parse(out.join(''))).toMatchObject({ ok: false, exitCode: 2, error: { code: 'NOT_FOUND' } });
  });

  it('lets no control character of data reach the terminal', () => {
    const { out, streams: both } = streams();
    new Output(both, false).say('title \x1b[2J\x07 end');
    expect(out.join('')).toBe('title \\x1b[2J\\x07 end\n');
  });
});

describe('exitCodeFor', () => {
  const holder = {
    runId: 'r1',
    person: 'kim',
    machine: 'm',
    pid: 1,
    bundle: 'b',
    phase: 'execute',
    since: '',
    lastSign: '',
    alive: 'yes',
  } as const;
  it.each([
    [new OverlandError('LOCKED', '', { holder }), 5],
    [new OverlandError('PLAN_STALE', '', { differences: [] }), 6],
    [new OverlandError('CONSENT_MISSING', '', { needs: [] }), 7],
    [new OverlandError('BUNDLE_INVALID', '', { bundle: 'b', problems: [] }), 2],
    [new OverlandError('NO_BACKUP', '', { advice: 'a' }), 1],
    [new UsageError('x'), 2],
    [new Interrupted(), 130],
    [new Error('bug'), 1],
  ])('%s is %i', (error, code) => expect(exitCodeFor(error)).toBe(code));
});

describe('errorLines', () => {
  it('says what, where and what to do', () => {
    const problem = {
      file: 'profile.toml',
      line: 12,
      column: 3,
      key: 'steps.copy.needs',
      message: 'there is no step modell',
      advice: 'Did you mean model?',
    };
    const error = new OverlandError('BUNDLE_INVALID', 'The profile has 1 problem.', {
      bundle: 'b',
      problems: [problem],
    });
    expect(errorLines(error)).toEqual([
      'error: The profile has 1 problem.',
      '  profile.toml:12:3  steps.copy.needs: there is no step modell',
      '    Did you mean model?',
    ]);
  });

  it('does not say the same advice twice', () => {
    const finding = {
      severity: 'error' as const,
      category: 'x',
      message: 'It failed.',
      step: null,
      path: null,
      oldValue: null,
      newValue: null,
      suggestion: 'Try again.',
      count: null,
      rule: null,
      basis: null,
    };
    const error = new OverlandError('FAILED', 'It failed.', { finding }, { advice: 'Try again.' });
    expect(errorLines(error).filter((line) => line.includes('Try again.'))).toHaveLength(1);
  });
});
