/** How figures and times are written, as the settings say. Every function is pure; times are ISO 8601 in, text out. */
export type FormatSettings = {
  numberFormat: '1,234,567.8' | '1 234 567,8' | '1.234.567,8';
  timeZone: 'local' | 'utc';
  /** Folder of the person's account, where it is known. */
  account?: string | undefined;
};

export type Range = { low: number; likely: number; high: number };

export type Format = {
  /** `1,234,567`. */
  number(value: number, digits?: number): string;
  /** `1 record`, `1,549 records`. */
  count(value: number, one: string, many?: string): string;
  /** Floored, never rounded up: 99.96 is 99.9 %, and 100 % only when all is done. */
  percent(value: number, max: number, digits?: number): string;
  /** Decimal units, one decimal from MB on: `24.6 GB`. */
  bytes(value: number): string;
  /** In sentences: `4 min 18 s`. */
  duration(seconds: number): string;
  /** In columns: `4:18`; below a minute `7.6 s`, `32 s`. */
  clock(seconds: number): string;
  /** `about 31 min (25 to 42)`. */
  estimate(range: Range): string;
  /** `02:16`. */
  time(iso: string): string;
  /** `02:16:05`, for logs. */
  timeSeconds(iso: string): string;
  /** `5 Nov`. */
  day(iso: string): string;
  /** `12 Nov 2026 01:30`. */
  dateTime(iso: string): string;
  /** `~/migrations/shop` for a path under the folder of the account, as file managers write it. */
  path(path: string): string;
  /** The whole path of one that was written with `~`. */
  wholePath(path: string): string;
  /** `UTC` or the zone of this machine. */
  zone: string;
};

const separators = {
  '1,234,567.8': { group: ',', decimal: '.' },
  '1 234 567,8': { group: '\u202f', decimal: ',' },
  '1.234.567,8': { group: '.', decimal: ',' },
} as const;

export function createFormat(settings: FormatSettings): Format {
  const { group, decimal } = separators[settings.numberFormat];
  const timeZone = settings.timeZone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })
      .formatToParts(value)
      .map((part) => (part.type === 'group' ? group : part.type === 'decimal' ? decimal : part.value))
      .join('');
  const date = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone, hourCycle: 'h23' });
    // The short form of September is "Sept" in en-GB, the only one of four letters.
    return (iso: string) => formatter.format(new Date(iso)).replace(',', '').replace('Sept', 'Sep');
  };
  return {
    number,
    count: (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`,
    percent: (value, max, digits = 0) => {
      const scale = 10 ** digits;
      const floored = max > 0 ? Math.floor((value * 100 * scale) / max) / scale : 0;
      return `${number(value >= max && max > 0 ? 100 : Math.min(floored, 100 - 1 / scale), digits)} %`;
    },
    bytes: (value) => formatBytes(value, number),
    duration: formatDuration,
    clock: (seconds) =>
      seconds > 0 && seconds < 0.05
        ? `< ${number(0.1, 1)} s`
        : seconds < 9.95
          ? `${number(seconds, 1)} s`
          : formatClock(seconds),
    estimate: formatEstimate,
    time: date({ hour: '2-digit', minute: '2-digit' }),
    timeSeconds: date({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: date({ day: 'numeric', month: 'short' }),
    dateTime: date({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }),
    path: (path) => underAccount(path, settings.account),
    wholePath: (path) =>
      settings.account && /^~(?=$|[\\/])/.test(path) ? `${settings.account}${path.slice(1)}` : path,
    zone: timeZone,
  };
}

function underAccount(path: string, account: string | undefined): string {
  // An account whose folder is the root has every path under it.
  if (!account || account.length < 2 || !path.startsWith(account)) return path;
  const rest = path.slice(account.length);
  return rest === '' || /^[\\/]/.test(rest) ? `~${rest}` : path;
}

function formatBytes(value: number, number: (value: number, digits?: number) => string): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;
  let amount = value;
  let unit = 0;
  while (unit < units.length - 1 && Math.abs(amount) >= (unit === 0 ? 1000 : 999.95)) {
    amount /= 1000;
    unit += 1;
  }
  return `${number(amount, unit >= 2 ? 1 : 0)} ${units[unit]}`;
}

function formatDuration(seconds: number): string {
  if (seconds < 0.095) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 0.95) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours === 0) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${two(whole % 60)} s`;
  return minutes === 0 ? `${hours} h` : `${hours} h ${two(minutes)} min`;
}

function formatClock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
}

function formatEstimate({ low, likely, high }: Range): string {
  const span = (divisor: number, unit: string) => {
    const [from, to] = [Math.max(0, Math.floor(low / divisor)), Math.ceil(high / divisor)];
    const middle = Math.min(to, Math.max(from, Math.round(likely / divisor)));
    return from === to ? `about ${middle} ${unit}` : `about ${middle} ${unit} (${from} to ${to})`;
  };
  if (high < 1) return 'under 1 s';
  if (likely < 0.5) return `at most ${Math.ceil(high)} s`;
  if (likely < 120) return span(1, 's');
  if (likely < 2 * 3600) return span(60, 'min');
  return `about ${formatDuration(likely)} (${formatDuration(low)} to ${formatDuration(high)})`;
}
