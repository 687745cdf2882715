import { describe, expect, test } from 'vitest';
import type { Counts } from '#shared/model/run.ts';
import { checkPrediction } from './prediction.ts';

const counts: Counts = {
  read: 1200,
  accepted: 1197,
  rejected: 2,
  filtered: 1,
  outputs: { tasks: { emitted: 1198, inserted: 1190, updated: 5, same: 2, rejected: 1 } },
};
const dryRun = {
  sampled: null,
  steps: [
    {
      ord: 1,
      id: 's',
      unit: 'rows',
      read: 1200,
      accepted: 1197,
      setAside: 3,
      filtered: 1,
      rate: null,
      compared: '',
      agrees: true,
    },
  ],
  outputs: [{ table: 'tasks', rows: 1195 }],
};

function findings(happened: Counts) {
  return checkPrediction(dryRun, new Map([['s', happened]])).flatMap((item) =>
    item.kind === 'finding' ? [item.finding] : [],
  );
}

describe('the prediction of the dry run', () => {
  test('that came true is one check', () => {
    expect(checkPrediction(dryRun, new Map([['s', counts]]))).toEqual([
      { kind: 'check', check: 'What the dry run predicted', found: '2 of 2 figures as predicted', severity: 'ok' },
    ]);
  });

  test('that did not is a warning with both figures, for the step and for the table', () => {
    const other = { ...counts, read: 1201, outputs: { tasks: { ...counts.outputs['tasks']!, inserted: 1191 } } };
    const found = findings(other);
    expect(found.map(({ severity, step, path }) => [severity, step, path])).toEqual([
      ['warning', 's', 's'],
      ['warning', null, 'tasks'],
    ]);
    expect(found[0]?.message).toMatch(/for s: read 1,200 predicted, 1,201 happened\.$/);
    expect(found[1]?.message).toMatch(/for tasks: rows written 1,195 predicted, 1,196 happened\.$/);
  });

  test('a row more set aside counts, whether a record or an item', () => {
    const aside = { ...counts, outputs: { tasks: { ...counts.outputs['tasks']!, rejected: 2 } } };
    expect(findings(aside)[0]?.message).toContain('set aside 3 predicted, 4 happened');
  });

  test('a step that never ran differs from its prediction', () => {
    const items = checkPrediction(dryRun, new Map());
    expect(items.at(-1)).toMatchObject({ kind: 'check', severity: 'warning', found: '2 of 2 differ' });
  });

  test('of a sample, or without a dry run, nothing is said', () => {
    expect(checkPrediction({ ...dryRun, sampled: 100 }, new Map([['s', counts]]))).toEqual([]);
    expect(checkPrediction(null, new Map([['s', counts]]))).toEqual([]);
  });
});
