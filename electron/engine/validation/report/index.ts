import { createHash } from 'node:crypto';
import { renderHtml } from './html/report.ts';
import { renderMarkdown } from './markdown/report.ts';
import type { RunReport } from './model.ts';

export type ReportFormat = 'html' | 'json' | 'md';
export type RenderedReport = { name: string; mime: string; text: string; sha256: string };

const mime: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  md: 'text/markdown; charset=utf-8',
};

/** The report as a file: its name, its text and the sha256 of that text in UTF-8. */
export function renderReport(report: RunReport, format: ReportFormat): RenderedReport {
  const text = renderers[format](report);
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
  return { name: `overland-${report.run.id}.${format}`, mime: mime[format], text, sha256 };
}

const renderers: Readonly<Record<ReportFormat, (report: RunReport) => string>> = {
  html: renderHtml,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  md: renderMarkdown,
};
