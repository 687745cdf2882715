import { ErrorNote } from '../ui/error-note.tsx';
import { errorWords } from './errors.ts';

/** What a call that failed says to the operator. Nothing when there is no error. */
export function Failure({ error, onRetry, retryLabel }: { error: unknown; onRetry?: () => void; retryLabel?: string }) {
  if (!error) return null;
  const { title, advice } = errorWords(error);
  return <ErrorNote title={title} advice={advice} onRetry={onRetry} retryLabel={retryLabel} />;
}
