import type { RunReport } from '../model.ts';
import { accounts, decisions, environment, head, open, timeline, verify } from './sections.ts';
import { backup, rollback, setAside, steps, validation } from './work.ts';

/** The report as Markdown, for tickets and change records. What comes from the run is escaped: it can form no markup. */
export function renderMarkdown(report: RunReport): string {
  const parts = [
    head,
    open,
    accounts,
    decisions,
    steps,
    validation,
    setAside,
    backup,
    rollback,
    environment,
    timeline,
    verify,
  ];
  return `${parts.map((part) => part(report)).join('\n\n')}\n`;
}
