import { errorWords } from '../../rpc/errors.ts';
import { ErrorNote } from '../../ui/error-note.tsx';

type Props = {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly retryLabel?: string | undefined;
};

/** A call that failed, in words: what is so, what can be done. Nothing where there is no error. */
export function CallError({ error, onRetry, retryLabel }: Props) {
  if (error === null || error === undefined) return null;
  const { title, advice } = errorWords(error);
  return <ErrorNote title={title} advice={advice} onRetry={onRetry} retryLabel={retryLabel} />;
}
