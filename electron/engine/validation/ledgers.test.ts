import { describe, expect, test } from 'vitest';
import type { Counts } from '#shared/model/run.ts';
import { balance, checkLedgers } from './ledgers.ts';

const even: Counts = {
  read: 10,
  accepted: 7,
  rejected: 2,
  filtered: 1,
  outputs: { tasks: { emitted: 9, inserted: 7, updated: 0, same: 1, rejected: 1 } },
};

describe('ledgers', () => {
  test('balance when every record and every row is accounted for', () => {
    expect(balance(even)).toEqual([]);
  });

  test('a record that vanished is named with both sums', () => {
    expect(balance({ ...even, read: 11 })).toEqual(['Read 11, but accepted 7 + set aside 2 + filtered 1 = 10.']);
  });

  test('a row that vanished is named with its table', () => {
    const short = { ...even, outputs: { tasks: { ...even.outputs.tasks!, inserted: 6 } } };
    expect(balance(short)).toEqual(['tasks: emitted 9, but inserted 6 + updated 0 + the same 1 + set aside 1 = 8.']);
  });

  test('the quarantine must hold exactly what the counts say', () => {
    const good = checkLedgers([{ step: 's', counts: even, kept: { records: 2, byOutput: { tasks: 1 } } }]);
    expect(good.ledger).toEqual([{ step: 's', counts: even, balanced: true }]);
    expect(good.items).toEqual([expect.objectContaining({ kind: 'check', severity: 'ok' })]);
    const bad = checkLedgers([{ step: 's', counts: even, kept: { records: 1, byOutput: { tasks: 1, other: 4 } } }]);
    expect(bad.ledger[0]?.balanced).toBe(false);
    const found = bad.items.flatMap((item) => (item.kind === 'finding' ? [item.finding] : []));
    expect(found.map((finding) => finding.message)).toEqual([
      '2 records are counted as set aside, the quarantine holds 1.',
      'other: 0 rows are counted as set aside, the quarantine holds 4.',
    ]);
    expect(found.every((finding) => finding.severity === 'critical' && finding.step === 's')).toBe(true);
  });
});
