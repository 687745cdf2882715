import type { BackupView } from '#shared/contract/backup.ts';
import { Bar } from '../../ui/bar.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';

/** Needed against free, measured where the point is stored. Free space that is not known is said so. */
export function BackupSpace({ view }: { view: BackupView }) {
  const format = useFormat();
  const { neededBytes: needed, freeBytes: free } = view;
  if (free === null) {
    return (
      <Panel title="Space in the backup folder">
        <p>{format.bytes(needed)} are needed. How much is free there is not known.</p>
      </Panel>
    );
  }
  const short = free < needed;
  return (
    <Panel title="Space in the backup folder">
      <div className="row" style={{ justifyContent: 'space-between', marginBottom: 6 }}>
        <span>
          {short
            ? `${format.bytes(needed)} needed, ${format.bytes(free)} free`
            : `${format.bytes(needed)} of the ${format.bytes(free)} that are free`}
        </span>
        <span className="t3">
          {short ? `${format.bytes(needed - free)} missing` : `${format.bytes(free - needed)} left`}
        </span>
      </div>
      <Bar
        value={short ? free : needed}
        max={short ? needed : free}
        label={short ? 'Free space of what is needed' : 'Space used'}
        tone={short ? 'error' : 'done'}
        text={`${format.bytes(short ? free : needed)} of ${format.bytes(short ? needed : free)}`}
      />
      <p className="hint" style={{ marginTop: 8 }}>
        Measured before the first byte is written. Compression is not counted on.
      </p>
    </Panel>
  );
}
