import { expect, it } from 'vitest';
import { dryRunStates } from '../../testing/fixtures/night/dry-run.ts';
import { type Sample, sampleTexts } from './sample-text.ts';

it('puts what comes from a source field first, in its order, and what is new after it', () => {
  const { before, after } = sampleTexts(dryRunStates.done.samples[0] as Sample);
  const names = (text: string) => text.split('\n').map((line) => line.trim().split(/ {2,}/)[0]);
  expect(names(before)).toEqual(['task_id', 'parent_task_id', 'title', 'status', 'results', 'completed_at']);
  expect(names(after).slice(0, 8)).toEqual([
    'task_id',
    'parent_task_id',
    'title',
    'lifecycle_stage',
    'results',
    'completed_at',
    'task_type',
    'hierarchy_path',
  ]);
  expect(after).toContain('+ task_attributes');
});

it('makes control characters visible and keeps a value on its line', () => {
  const sample: Sample = {
    step: 's',
    key: 'k',
    picked: '',
    source: { object: 'o', fields: [{ name: 'a', value: 'x\u0000y\nz' }] },
    outputs: [],
  };
  expect(sampleTexts(sample).before).toBe('a  x\\x00y↵z');
});
