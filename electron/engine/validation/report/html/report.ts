import { duration } from '#shared/model/figures.ts';
import type { RunReport } from '../model.ts';
import { outcomeName } from '../outcome-name.ts';
import { shortHash } from '../words.ts';
import { html, Markup } from './markup.ts';
import { facts, icon, section, time } from './parts.ts';
import { reportSections } from './sections.ts';
import { reportStyle } from './style.ts';

/**
 * The report as one file for a browser or a printer: no script, nothing from elsewhere, light or dark as the reader's system
 * is. Everything that comes from the run is escaped, and a policy in the file forbids script even if it were not.
 */
export function renderHtml(report: RunReport): string {
  const sections = reportSections(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Overland ${report.generatedBy.version}">
<title>Migration report ${report.run.id}</title>
<style>${style}</style>
</head>
<body>
<main>
${headOf(report)}
<nav aria-label="Sections of the report"><section aria-labelledby="contents-h"><h2 id="contents-h">Contents</h2><ol>${sections.map(
    (one) => html`<li><a href="#${one.id}">${one.title}</a></li>`,
  )}</ol></section></nav>
${sections.map((one, index) => section(index + 1, one.id, one.title, one.about, ...one.body))}
<footer>Written by Overland ${report.generatedBy.version} for ${report.generatedBy.person} on ${report.generatedBy.machine}, ${time(
    report.generatedAt,
    report.timeZone,
  )} Format ${report.format} ${report.formatVersion}.</footer>
</main>
</body>
</html>
`.text;
}

// A constant of ours: the only text that is not escaped.
const style = new Markup(reportStyle);

function headOf(report: RunReport): Markup {
  const { run, outcome } = report;
  const took = run.endedAt === null ? null : Date.parse(run.endedAt) - Date.parse(run.startedAt);
  return html`<header>
<p class="eyebrow"><span>Migration report of ${run.bundleId} ${run.bundleVersion}</span><span class="tag ${outcome.severity}">${icon(
    outcome.severity,
  )}${outcomeName(outcome.outcome)}</span></p>
<h1>${outcome.title}</h1>
<p class="lead">${outcome.lead}</p>
${facts([
  ['Run', html`<code>${run.id}</code>`],
  ['Exit code', outcome.exitCode === null ? 'none yet' : String(outcome.exitCode)],
  ['Target', run.target],
  ['Plan', run.planHash === null ? 'none' : html`<code>${shortHash(run.planHash)}</code>`],
  ['Started', time(run.startedAt, report.timeZone)],
  ['Ended', run.endedAt === null ? 'open' : time(run.endedAt, report.timeZone)],
  ['Run by', `${run.person} on ${run.machine}`],
  ['Took', took === null ? '' : duration(took)],
])}
</header>`;
}
