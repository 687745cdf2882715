/** One aligned row of a comparison; null where the other side has a line and this one has none. */
export type DiffRow = {
  left: { line: number; text: string } | null;
  right: { line: number; text: string } | null;
  kind: 'same' | 'changed' | 'added' | 'removed';
};

/** Lines aligned by their longest common subsequence; a removed line beside an added one counts as changed. Meant for up to 200 lines. */
export function diffLines(before: string, after: string): DiffRow[] {
  const left = before === '' ? [] : before.split('\n');
  const right = after === '' ? [] : after.split('\n');
  const common = commonLengths(left, right);
  const rows: DiffRow[] = [];
  let removed: number[] = [];
  let added: number[] = [];
  const flush = () => {
    for (let k = 0; k < Math.max(removed.length, added.length); k += 1) {
      const l = removed[k];
      const r = added[k];
      rows.push({
        left: l === undefined ? null : { line: l + 1, text: left[l] ?? '' },
        right: r === undefined ? null : { line: r + 1, text: right[r] ?? '' },
        kind: l === undefined ? 'added' : r === undefined ? 'removed' : 'changed',
      });
    }
    removed = [];
    added = [];
  };
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      flush();
      rows.push({
        left: { line: i + 1, text: left[i] ?? '' },
        right: { line: j + 1, text: right[j] ?? '' },
        kind: 'same',
      });
      i += 1;
      j += 1;
    } else if (j >= right.length || (i < left.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      removed.push(i);
      i += 1;
    } else {
      added.push(j);
      j += 1;
    }
  }
  flush();
  return rows;
}

function at(table: readonly Uint32Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function commonLengths(left: readonly string[], right: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = table[i] as Uint32Array;
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] = left[i] === right[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

/** The parts of two lines that differ: common start and end are left out. */
export function changedPart(left: string, right: string): { start: number; leftEnd: number; rightEnd: number } {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  ) {
    end += 1;
  }
  return { start, leftEnd: left.length - end, rightEnd: right.length - end };
}
