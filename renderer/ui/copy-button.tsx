import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

type Props = { text: string; label?: string | undefined; variant?: 'secondary' | 'quiet' | undefined };

/** Copies and says so on the button for two seconds; says when the clipboard is closed to us. */
export function CopyButton({ text, label = 'Copy', variant = 'secondary' }: Props) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('refused'),
    );
  const words = { idle: label, copied: 'Copied', refused: 'Clipboard is closed' }[state];
  return (
    <Button
      variant={variant}
      leftSection={state === 'copied' ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
      onClick={copy}
      aria-live="polite"
    >
      {words}
    </Button>
  );
}
