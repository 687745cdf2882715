/** Quantities as a profile writes them. Each returns null when the text is not one. */

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
};
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1e3, min: 60e3, h: 3600e3, d: 86400e3 };

/** `16MiB`, `500 KB`, `1.5GiB` in bytes. */
export function parseBytes(text: string): number | null {
  return parseQuantity(text, byteUnits, Math.round);
}

/** `200ms`, `30s`, `5min`, `2h`, `1d` in milliseconds. */
export function parseDuration(text: string): number | null {
  return parseQuantity(text, timeUnits, (milliseconds) => milliseconds);
}

/** `0.5%` as 0.005; between 0 and 100 per cent. */
export function parseShare(text: string): number | null {
  const parts = /^(\d{1,3}(?:\.\d{1,6})?) ?%$/.exec(text);
  const share = parts ? Number(parts[1]) / 100 : Number.NaN;
  return share >= 0 && share <= 1 ? share : null;
}

/** `16 MiB`, `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const unit = bytes >= 1024 ** 3 ? 'GiB' : bytes >= 1024 ** 2 ? 'MiB' : bytes >= 1024 ? 'KiB' : 'B';
  return `${plain(bytes / (byteUnits[unit] ?? 1))} ${unit}`;
}

/** `200 ms`, `30 s`, `5 min`, `2 h`. */
export function durationText(milliseconds: number): string {
  const unit = milliseconds >= 3600e3 ? 'h' : milliseconds >= 60e3 ? 'min' : milliseconds >= 1e3 ? 's' : 'ms';
  return `${plain(milliseconds / (timeUnits[unit] ?? 1))} ${unit}`;
}

/** `0.5 %`. */
export function shareText(share: number): string {
  return `${plain(share * 100)} %`;
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  round: (value: number) => number,
): number | null {
  const parts = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]+)$/.exec(text);
  const unit = parts?.[2] === undefined || !Object.hasOwn(units, parts[2]) ? undefined : units[parts[2]];
  return parts && unit !== undefined ? round(Number(parts[1]) * unit) : null;
}

function plain(value: number): string {
  return String(Math.round(value * 100) / 100);
}
