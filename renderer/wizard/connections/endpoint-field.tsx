import { Button, TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { useFormat } from '../../ui/format/format-context.tsx';
import { labelOf } from './endpoint.ts';

type Props = {
  name: string;
  value: string;
  busy: boolean;
  placeholder?: string | undefined;
  /** Opens a file or a folder; with it the field holds a path. */
  onBrowse?: (() => Promise<string | null>) | undefined;
  /** Called with the trimmed value on leaving the field or with Enter, when it changed. */
  onGive: (value: string) => void;
};

/** One field of an endpoint. What is typed is dropped with Escape. */
export function EndpointField({ name, value, busy, placeholder, onBrowse, onGive }: Props) {
  const format = useFormat();
  const [draft, setDraft] = useState<string | null>(null);
  const give = (given: string) => {
    setDraft(null);
    const whole = onBrowse ? format.wholePath(given.trim()) : given.trim();
    if (whole !== value) onGive(whole);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) give(event.currentTarget.value);
    if (event.key === 'Escape') setDraft(null);
  };
  const browse = async () => {
    const path = await onBrowse?.();
    if (path) give(path);
  };
  return (
    <div className="row" style={{ alignItems: 'flex-end' }}>
      <TextInput
        className="grow"
        label={labelOf(name)}
        value={draft ?? (onBrowse ? format.path(value) : value)}
        placeholder={placeholder}
        disabled={busy}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={(event) => draft !== null && give(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {onBrowse ? (
        <Button aria-label={`Browse for ${labelOf(name)}`} onClick={() => void browse()}>
          Browse...
        </Button>
      ) : null}
    </div>
  );
}
