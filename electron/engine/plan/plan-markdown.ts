import type { PlanView } from '#shared/contract/plan.ts';

/** The plan as Markdown, for a review outside the wizard. */
export function planMarkdown(plan: PlanView): string {
  const accepted = plan.acceptedAt
    ? `Accepted ${plan.acceptedAt} by ${plan.acceptedBy ?? 'unknown'}.`
    : 'Not accepted yet.';
  const time = plan.estimate
    ? `About ${seconds(plan.estimate.likely)} (${seconds(plan.estimate.low)} to ${seconds(plan.estimate.high)}); ${plan.estimate.basis}.`
    : 'Not measured.';
  return [
    `# Plan of run ${plan.runId}`,
    '',
    `Hash \`${plan.hash}\`, made ${plan.createdAt}. ${accepted}`,
    '',
    `Time: ${time}`,
    `Way back: ${plan.wayBack.text}`,
    '',
    '## Steps',
    '',
    table(
      ['#', 'Step', 'Kind', 'What it touches', 'Amount', 'How it is read', 'Exactly once', 'How it is undone'],
      plan.steps.map((step) => [
        String(step.ord),
        step.id,
        step.kind,
        step.touchesText,
        `${step.amount} ${step.unit}`,
        step.readBy,
        step.commitText,
        step.undoText,
      ]),
    ),
    '',
    '## Findings',
    '',
    plan.findings.length === 0
      ? 'None.'
      : table(
          ['Severity', 'Step', 'Found', 'Rule', 'What to do'],
          plan.findings.map((finding) => [
            finding.severity,
            finding.step ?? '',
            finding.message,
            finding.rule ?? '',
            finding.suggestion ?? '',
          ]),
        ),
    '',
    '## Consents',
    '',
    plan.consents.length === 0
      ? 'None is needed.'
      : table(
          ['Name', 'Text'],
          plan.consents.map((need) => [need.name, need.text]),
        ),
    '',
    '## What becomes of every column',
    '',
    table(
      ['Object', 'Column', 'Fate', 'By'],
      plan.fates.map((fate) => [
        fate.object,
        fate.column ?? 'all',
        fate.fate === 'read' ? 'read' : `not carried${fate.reason ? `: ${fate.reason}` : ''}`,
        fate.by.join(', '),
      ]),
    ),
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function seconds(value: number): string {
  return value < 90 ? `${value.toFixed(1)} s` : `${(value / 60).toFixed(1)} min`;
}
