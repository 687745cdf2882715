import { figure } from '#shared/model/figures.ts';
import type { Finding } from '#shared/model/finding.ts';
import { html, type Markup } from './markup.ts';
import { marked } from './parts.ts';

export function findingRow(finding: Finding): Markup[] {
  return [
    marked(finding.severity, finding.severity),
    html`${finding.message}${
      finding.path === null
        ? null
        : html`<span class="sub"><code>${finding.path}</code>${finding.step === null ? '' : `, step ${finding.step}`}</span>`
    }${
      finding.oldValue === null && finding.newValue === null
        ? null
        : html`<span class="sub">${[finding.oldValue, finding.newValue].filter((one) => one !== null).join(' → ')}</span>`
    }${finding.suggestion === null ? null : html`<span class="sub">${finding.suggestion}</span>`}`,
    html`${finding.count === null ? '' : figure(finding.count)}`,
    html`${finding.rule === null ? null : html`<code>${finding.rule}</code>`}`,
  ];
}
