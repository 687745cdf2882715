/** Figures in the words of the engine and the command line; the wizard writes its own, as the settings say. */

/** `1,549`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US');
}

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

/** `1 record`, `2,000 records`; the plural is given when it is not the word with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`;
}

/** `23 records and 2 rows`: records that were set aside whole, and rows of records that are accepted without them. */
export function setAsideText(records: number, rows: number): string {
  if (rows === 0) return counted(records, 'record');
  return records === 0 ? counted(rows, 'row') : `${counted(records, 'record')} and ${counted(rows, 'row')}`;
}
