/** The known name that was most likely meant; null when none is near. Case and separators do not count. */
export function nearest(given: string, known: Iterable<string>): string | null {
  const plainGiven = plain(given);
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(plainGiven.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(plainGiven, plain(name), bestDistance);
    if (distance < bestDistance && distance < plainGiven.length) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Advice for a name that is not known: the near one, else the list. */
export function didYouMean(given: string, known: Iterable<string>): string | null {
  const names = [...known];
  const near = nearest(given, names);
  if (near !== null) return `Did you mean \`${near}\`?`;
  if (names.length === 0) return null;
  const shown = names.slice(0, 20).map((name) => `\`${name}\``);
  return `Known here: ${shown.join(', ')}${names.length > shown.length ? ', ...' : ''}.`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}

/** Edits (insert, delete, replace, swap of neighbours) from one text to the other; `limit` when there are at least as many. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit || from.length > 60) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(last[to.length] ?? limit, limit);
}
