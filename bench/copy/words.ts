import { median } from '../measure.ts';
import { megabytes, perSecond, seconds, textTable } from '../table.ts';
import type { CopyReport, PathReport } from './index.ts';

const wantedMemory = 300e6;
const quickAtMost = 0.65;
const fullAtMost = 1.5;

export function copyText({ rows, paths }: CopyReport): string {
  const compared = textTable(
    ['copy', 'median', 'rows', 'engine against it', 'target', 'same rows'],
    paths.flatMap((path) => [
      [path.name, seconds(path.executeMs), perSecond(rows, path.executeMs), '', '', ''],
      ...path.peers.map((peer) => [
        `  ${peer.name}`,
        seconds(peer.ms),
        perSecond(rows, peer.ms),
        peer.ratio.toFixed(2),
        `>= ${peer.atLeast}: ${peer.ratio >= peer.atLeast ? 'reached' : 'MISSED'}`,
        peer.sameRows ? 'yes' : 'no',
      ]),
      ...path.notRun.map((name) => [`  ${name}`, 'not here', '', '', '', '']),
    ]),
  );
  const after = textTable(
    ['copy', 'plan', 'quick validation', 'full validation', 'peak memory', 'outcome'],
    paths.map((path) => [
      path.name,
      seconds(median(path.engine.map((one) => one.planMs))),
      share(path, median(path.engine.map((one) => one.quickMs)), quickAtMost),
      share(path, path.engine[0]?.fullMs ?? 0, fullAtMost),
      `${megabytes(largest(path))}${(largest(path) ?? 0) < wantedMemory ? '' : ' ABOVE'}`,
      [...new Set(path.engine.map((one) => one.outcome))].join(', '),
    ]),
  );
  return `${rows.toLocaleString('en-US')} rows of ten columns\n\n${compared}\n\n${after}`;
}

function share(path: PathReport, ms: number, atMost: number): string {
  const ratio = ms / path.executeMs;
  return `${seconds(ms)}, ${ratio.toFixed(2)} of the copy${ratio <= atMost ? '' : ` (more than ${atMost})`}`;
}

function largest(path: PathReport): number | null {
  const all = path.engine.map((one) => one.peakBytes);
  return all.some((one) => one === null) ? null : Math.max(...(all as number[]));
}
