import { ExponentialBackoff, handleWhenResult, retry } from 'cockatiel';
import type { Policy } from '../steps/step-kind.ts';

/**
 * Repeats what is transient, with exponential backoff and jitter, as often as the policy says. A permanent error is never
 * repeated. `onRetry` is told the number of the coming try (from 2) and the delay in milliseconds.
 */
export async function retryTransient<T extends { readonly kind: string }>(
  policy: Policy['retry'],
  signal: AbortSignal,
  work: () => Promise<T>,
  onRetry: (attempt: number, delayMs: number) => void,
): Promise<T> {
  const handled = handleWhenResult((result) => isTransient(result));
  const repeat = retry(handled, {
    maxAttempts: Math.max(0, policy.attempts - 1),
    backoff: new ExponentialBackoff({ initialDelay: policy.delayMs, maxDelay: policy.maxDelayMs }),
  });
  const subscription = repeat.onRetry(({ attempt, delay }) => onRetry(attempt + 1, delay));
  try {
    return await repeat.execute(work, signal);
  } finally {
    subscription.dispose();
  }
}

function isTransient(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'transient';
}
