import type { ConnectionState } from '../rpc/connection.ts';
import { useFormat } from '../ui/format/format-context.tsx';
import { Note } from '../ui/note.tsx';
import { TryNow } from './try-now.tsx';

/** Said once when the engine goes; what stands on the screen is then the last known state. */
export function EngineNotice({ state }: { state: ConnectionState & { kind: 'lost' } }) {
  const format = useFormat();
  const since = format.timeSeconds(new Date(state.since).toISOString());
  return (
    <div style={{ padding: '14px 28px 0' }}>
      <Note severity="error" title={`The engine does not answer since ${since}`} actions={<TryNow />}>
        What is shown is the last known state. The window reconnects by itself; work does not resume by itself.
      </Note>
    </div>
  );
}
