import type { z } from 'zod';
import { figure } from '#shared/model/figures.ts';
import type { Policy } from '../steps/step-kind.ts';
import type { policyShape } from './shape.ts';
import { bytesText, durationText, shareText } from './units.ts';

export function toPolicy(shape: z.output<typeof policyShape>): Policy {
  const { chunk, retry, limits, timeouts } = shape;
  return {
    chunk,
    retry: { attempts: retry.attempts, delayMs: retry.delay, maxDelayMs: retry.max_delay },
    limits: {
      quarantineShare: limits.quarantine ?? null,
      rowBytes: limits.row_bytes,
      windowSeconds: limits.window === undefined ? null : limits.window / 1000,
      slowdownShare: limits.slowdown ?? null,
    },
    timeouts: { lockMs: timeouts.lock, statementMs: timeouts.statement ?? null },
    rollbackOn: shape.rollback_on,
    source: shape.source,
    requireQuiet: shape.require_quiet,
  };
}

/** The policy in plain sentences, for the Profile screen. */
export function describePolicy(policy: Policy): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: 'Backup', text: 'Verified before anything is written.' },
    { name: 'Source', text: sourceWords[policy.source] },
    {
      name: 'Other sessions',
      text: policy.requireQuiet
        ? 'Nothing is written while others are connected.'
        : 'The connection check lists them; they do not stop the run.',
    },
    { name: 'Set aside limit', text: quarantineWords(policy) },
    { name: 'Retries', text: retryWords(policy) },
    { name: 'Chunks', text: chunkWords(policy) },
    { name: 'Window', text: windowWords(policy) },
    { name: 'Stops and asks', text: stopWords(policy) },
  ];
}

const sourceWords: Readonly<Record<Policy['source'], string>> = {
  quiesced: 'Nobody writes to it meanwhile; this is verified.',
  snapshot: 'Others may write to the source; it is read as it was at one moment.',
  moving: 'Others may write to the source while it is read, so that late changes may be missed.',
};

function quarantineWords({ limits }: Policy): string {
  const row = `A record larger than ${bytesText(limits.rowBytes)} is set aside.`;
  if (limits.quarantineShare === null) return `No limit on how many records are set aside. ${row}`;
  return `Stops when more than ${shareText(limits.quarantineShare)} of the records are set aside. ${row}`;
}

function retryWords({ retry }: Policy): string {
  if (retry.attempts === 1) return 'Nothing is tried again.';
  return `Up to ${retry.attempts} tries, ${durationText(retry.delayMs)} to ${durationText(retry.maxDelayMs)} apart.`;
}

function chunkWords({ chunk }: Policy): string {
  const rows = figure(chunk.rows);
  return `Up to ${rows} records, ${bytesText(chunk.bytes)} or ${durationText(chunk.seconds * 1000)} each.`;
}

function windowWords({ limits }: Policy): string {
  return limits.windowSeconds === null
    ? 'No limit is set.'
    : `The run may take ${durationText(limits.windowSeconds * 1000)}.`;
}

function stopWords(policy: Policy): string {
  const reasons = policy.rollbackOn.map((one) => stopReason(one, policy));
  if (reasons.length === 0) return 'Nothing proposes a rollback by itself.';
  return `Proposes a rollback when ${listWords(reasons)}.`;
}

function stopReason(criterion: Policy['rollbackOn'][number], { limits }: Policy): string {
  switch (criterion) {
    case 'loss':
      return 'records are missing';
    case 'critical':
      return 'a critical rule fails';
    case 'slowdown':
      return limits.slowdownShare === null
        ? 'it is much slower than planned'
        : `it is more than ${shareText(limits.slowdownShare)} slower than planned`;
    case 'window':
      return 'the window is exceeded';
  }
}

function listWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}
