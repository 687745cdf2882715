import type { Phase } from '#shared/model/run.ts';
import type { Journal } from './journal/journal.ts';
import type { RunRecord } from './journal/rows.ts';

/** One attempt at a phase, in milliseconds since 1970; `to` is null while it is under way. */
export type PhaseSpan = { readonly phase: Phase; readonly from: number; readonly to: number | null };

/**
 * When each attempt at a phase was at work. One that a crash cut short ended with its last sign: the last event before the
 * next attempt, or of the run that nobody works on, its last heartbeat.
 */
export function phaseSpans(journal: Journal, run: RunRecord, interrupted: boolean): PhaseSpan[] {
  const phases = journal.runs.phases(run.id);
  return phases.map(({ phase, started_at, ended_at }, index) => {
    const next = phases[index + 1]?.started_at ?? null;
    const end = ended_at ?? (next !== null || interrupted ? lastSign(journal, run, started_at, next) : null);
    return { phase, from: Date.parse(started_at), to: end === null ? null : Date.parse(end) };
  });
}

/** Milliseconds of a phase that lie between two times; what is under way counts as going on. */
export function workedBetween(spans: readonly PhaseSpan[], phase: Phase, from: number, to: number): number {
  return spans
    .filter((span) => span.phase === phase)
    .reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to ?? to) - Math.max(from, span.from)), 0);
}

function lastSign(journal: Journal, run: RunRecord, from: string, next: string | null): string {
  const event = journal.db.get<{ at: string | null }>(
    "SELECT max(at) AS at FROM event WHERE run = ? AND at >= ? AND at < coalesce(?, '9999')",
    run.id,
    from,
    next,
  );
  const heartbeat = next === null && run.heartbeat_at !== null ? run.heartbeat_at : from;
  return [from, event?.at ?? from, heartbeat].sort().at(-1) ?? from;
}
