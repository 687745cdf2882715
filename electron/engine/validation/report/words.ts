import { counted } from '#shared/model/figures.ts';

/** Figures as a person reads them: units after a space, 24 h times. */

/** `180 ms`, `4.2 s`, `4 min 18 s`, `1 h 20 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** `212 bytes`, `18.2 kB`, `3.4 MB`, `24.6 GB`; powers of ten. */
export function bytes(value: number): string {
  if (value < 1000) return counted(value, 'byte');
  for (const [unit, size] of [
    ['kB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
  ] as const) {
    if (value < size * 999.95) return `${(value / size).toFixed(1)} ${unit}`;
  }
  return `${(value / 1e12).toFixed(1)} TB`;
}

/** Seconds of an estimate: `about 36 min (29 min to 48 min)`. */
export function estimated(estimate: { readonly low: number; readonly likely: number; readonly high: number }): string {
  const likely = duration(estimate.likely * 1000);
  const low = duration(estimate.low * 1000);
  const high = duration(estimate.high * 1000);
  return low === high ? `about ${likely}` : `about ${likely} (${low} to ${high})`;
}

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
