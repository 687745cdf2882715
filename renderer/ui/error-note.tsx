import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Note } from './note.tsx';

type Props = {
  title: string;
  advice: string | null;
  /** Reads or tries again. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string | undefined;
  children?: ReactNode;
};

/** An error with its advice and one button. */
export function ErrorNote({ title, advice, onRetry, retryLabel = 'Read again', children }: Props) {
  return (
    <Note
      severity="error"
      title={title}
      actions={onRetry ? <Button onClick={onRetry}>{retryLabel}</Button> : undefined}
    >
      {advice}
      {children}
    </Note>
  );
}
