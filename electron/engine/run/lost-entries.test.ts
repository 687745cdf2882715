import { expect, test } from 'vitest';
import { makeFinding } from '#shared/model/finding.ts';
import type { ValidationItem } from '../steps/step-kind.ts';
import { withLostEntries } from './lost-entries.ts';

const missing = (key: string): ValidationItem => ({
  kind: 'finding',
  finding: makeFinding({
    severity: 'critical',
    category: 'data_loss',
    message: `Row ${key} of t is missing.`,
    path: `t / ${key}`,
  }),
});
const check: ValidationItem = { kind: 'check', check: 'Rows of t', found: '1 missing', severity: 'critical' };

async function severities(items: readonly ValidationItem[], lost: number): Promise<string[]> {
  async function* given() {
    yield* items;
  }
  const found: string[] = [];
  for await (const item of withLostEntries(given(), lost))
    found.push(item.kind === 'finding' ? item.finding.severity : item.kind === 'check' ? item.severity : item.kind);
  return found;
}

test('a missing row may be one that was set aside, as often as entries are lost', async () => {
  expect(await severities([missing('1'), check], 0)).toEqual(['critical', 'critical']);
  expect(await severities([missing('1'), check], 1)).toEqual(['warning', 'warning']);
  expect(await severities([missing('1'), missing('2'), check], 1)).toEqual(['warning', 'critical', 'critical']);
});
