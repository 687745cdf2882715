/** What the layout needs of a step. */
export type GraphStep = { readonly id: string; readonly ord: number; readonly needs: readonly string[] };
export type Placed = { readonly id: string; readonly column: number; readonly row: number };

/** Columns by depth (the longest way of needs), rows by order, each column centred on the tallest. */
export function placeSteps(steps: readonly GraphStep[]): Placed[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const depths = new Map<string, number>();
  const depthOf = (id: string, above: ReadonlySet<string>): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const step = byId.get(id);
    if (!step || above.has(id)) return 0;
    const below = new Set(above).add(id);
    const depth = Math.max(-1, ...step.needs.filter((need) => byId.has(need)).map((need) => depthOf(need, below))) + 1;
    depths.set(id, depth);
    return depth;
  };
  const columns: GraphStep[][] = [];
  for (const step of [...steps].sort((a, b) => a.ord - b.ord)) {
    const depth = depthOf(step.id, new Set());
    columns[depth] ??= [];
    columns[depth].push(step);
  }
  const tallest = Math.max(0, ...columns.map((column) => column?.length ?? 0));
  return columns.flatMap((column, at) =>
    (column ?? []).map((step, row) => ({ id: step.id, column: at, row: row + (tallest - column.length) / 2 })),
  );
}

/** The way of needs that takes longest: it bounds how soon all can be done. */
export function longestPath(steps: readonly (GraphStep & { readonly seconds: number })[]): {
  ords: number[];
  seconds: number;
} {
  const best = new Map<string, { ords: number[]; seconds: number }>();
  let longest = { ords: [] as number[], seconds: 0 };
  // Steps stand in an order in which needs come first, so one pass is enough.
  for (const step of [...steps].sort((a, b) => a.ord - b.ord)) {
    const before = step.needs
      .map((need) => best.get(need))
      .filter((path) => path !== undefined)
      .reduce((a, b) => (b.seconds > a.seconds ? b : a), { ords: [] as number[], seconds: 0 });
    const path = { ords: [...before.ords, step.ord], seconds: before.seconds + step.seconds };
    best.set(step.id, path);
    if (path.seconds > longest.seconds || longest.ords.length === 0) longest = path;
  }
  return longest;
}
