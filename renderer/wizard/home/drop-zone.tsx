import { Button } from '@mantine/core';
import { IconFolderOpen, IconFolderPlus } from '@tabler/icons-react';

type Props = { over: boolean; opening: boolean; onChoose: () => void };

export function DropZone({ over, opening, onChoose }: Props) {
  return (
    <section className={`drop ${over ? 'over' : ''}`} aria-label="Open a bundle">
      <IconFolderPlus size={28} stroke={1.4} color={over ? 'var(--accent)' : 'var(--text-3)'} aria-hidden />
      <div className="grow" aria-live="polite">
        <div className="b">{over ? 'Release to open the bundle' : 'Drop a bundle folder or a profile.toml here'}</div>
        <div className="t2 c12">
          {over
            ? 'The bundle is read. Nothing is connected and nothing is changed.'
            : 'A bundle holds no secrets; they stay in the key store of this machine.'}
        </div>
      </div>
      <Button leftSection={<IconFolderOpen size={16} aria-hidden />} onClick={onChoose} loading={opening}>
        Choose folder...
      </Button>
    </section>
  );
}
