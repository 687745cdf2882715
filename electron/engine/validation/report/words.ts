/** Times, hashes and lists as a person reads them; 24 h times. */

/** `2026-11-20 01:16:04 UTC`. */
export function utc(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `2026-11-20 02:16:04`, in the zone that is named elsewhere. */
export function local(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
}

/** A hash in groups that an eye can compare: `5c1e 09ab 7d42 f310`. */
export function shortHash(hash: string): string {
  return (hash.slice(0, 16).match(/.{1,4}/g) ?? []).join(' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `Parent missing` from the stable word `parent_missing`. */
export function codeInWords(code: string): string {
  const words = code
    .split('_')
    .map((word) => spellings[word] ?? word)
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const spellings: Readonly<Record<string, string>> = { json: 'JSON', utf8: 'UTF-8', sql: 'SQL', nul: 'NUL' };
