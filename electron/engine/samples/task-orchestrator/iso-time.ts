/** ISO text without a zone, with microseconds, as the legacy application wrote it: `2025-05-26T22:33:16.478286`. */
export function isoTime(minute: number, second: number, microsecond: number): string {
  return `${minuteText(minute)}:${pad2(second)}.${String(microsecond).padStart(6, '0')}`;
}

let lastDay = -1;
let lastDayText = '';

function minuteText(minute: number): string {
  const day = Math.floor(minute / 1440);
  if (day !== lastDay) {
    lastDayText = new Date(day * 86_400_000).toISOString().slice(0, 10);
    lastDay = day;
  }
  const inDay = minute - day * 1440;
  return `${lastDayText}T${pad2(Math.floor(inDay / 60))}:${pad2(inDay % 60)}`;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
