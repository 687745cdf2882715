import { Reading } from '../shared/reading.tsx';
import { useRun } from '../shared/use-run.ts';
import { Executed } from './executed.tsx';
import { executeMode } from './mode.ts';
import { Ready } from './ready.tsx';
import { Refused } from './refused.tsx';
import { Running } from './running.tsx';

/** Execute: may it start, how far is it, how did it stop. Everything comes from the snapshots of the run. */
export function ExecuteScreen() {
  const run = useRun();
  const { snapshot } = run;
  if (!snapshot) {
    return (
      <Reading question="How far is it, and is it going well?" title="Reading the state of the run" error={run.error} />
    );
  }
  const mode = executeMode(snapshot, run.lost);
  if (mode === 'refused' && snapshot.refused) return <Refused runId={run.runId} refused={snapshot.refused} />;
  if (mode === 'ready' || mode === 'refused') return <Ready snapshot={snapshot} target={run.target} />;
  if (mode === 'done') return <Executed snapshot={snapshot} />;
  return <Running mode={mode} snapshot={snapshot} target={run.target} lostAt={run.lostAt} />;
}
