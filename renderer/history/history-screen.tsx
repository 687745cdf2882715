import { useRoute } from '../app/route-context.tsx';
import { CompareScreen } from './compare-screen.tsx';
import { ReportScreen } from './report-screen.tsx';
import { RunListScreen } from './run-list-screen.tsx';

/** Run history: `history`, `history/compare/A/B`, and the report of a run: `history/report/RUN` or within that run. */
export function HistoryScreen() {
  const { place, variant, rest } = useRoute();
  const [first, second] = rest;
  if (variant === 'report') {
    const runId = first ?? (place.kind === 'run' ? place.runId : null);
    if (runId) return <ReportScreen key={runId} runId={runId} inRun={first === undefined} />;
  }
  if (variant === 'compare' && first && second) return <CompareScreen left={first} right={second} />;
  return <RunListScreen />;
}
