import { describe, expect, it } from 'vitest';
import { longestPath, placeSteps } from './plan-layout.ts';

const steps = [
  { id: 'model', ord: 1, needs: [], seconds: 1 },
  { id: 'a', ord: 2, needs: ['model'], seconds: 10 },
  { id: 'b', ord: 3, needs: ['model'], seconds: 2 },
  { id: 'last', ord: 4, needs: ['a', 'b', 'model'], seconds: 1 },
];

describe('the graph of the plan', () => {
  it('stands in columns by the longest way of needs, centred on the tallest', () => {
    expect(placeSteps(steps)).toEqual([
      { id: 'model', column: 0, row: 0.5 },
      { id: 'a', column: 1, row: 0 },
      { id: 'b', column: 1, row: 1 },
      { id: 'last', column: 2, row: 0.5 },
    ]);
  });

  it('names the way that takes longest', () => {
    expect(longestPath(steps)).toEqual({ ords: [1, 2, 4], seconds: 12 });
  });

  it('is drawn even where needs form a circle or name nothing', () => {
    const odd = [
      { id: 'x', ord: 1, needs: ['y'] },
      { id: 'y', ord: 2, needs: ['x', 'gone'] },
    ];
    expect(
      placeSteps(odd)
        .map((step) => step.id)
        .sort(),
    ).toEqual(['x', 'y']);
  });
});
