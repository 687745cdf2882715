import type { Estimate } from '#shared/contract/plan.ts';
import { duration, estimated } from '#shared/model/figures.ts';
import type { Severity } from '#shared/model/run.ts';
import { local, utc } from '../words.ts';
import { html, type Markup } from './markup.ts';

/** A column of a table: its heading, and whether its cells are figures. */
export type Column = { readonly head: string; readonly figure?: boolean };

export function table(
  columns: readonly Column[],
  rows: readonly (readonly Markup[])[],
  foot: Markup | null = null,
): Markup {
  return html`<div class="scroll"><table><thead><tr>${columns.map(
    (column) => html`<th scope="col" class="${column.figure ? 'num' : ''}">${column.head}</th>`,
  )}</tr></thead><tbody>${rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, index) =>
        index === 0
          ? html`<th scope="row">${cell}</th>`
          : html`<td class="${columns[index]?.figure ? 'num' : ''}">${cell}</td>`,
      )}</tr>`,
  )}</tbody>${foot}</table></div>`;
}

/** A section with its number, for the table of contents and for "see section 4". */
export function section(number: number, id: string, title: string, about: string, ...body: readonly Markup[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${number}. ${title}</h2>
<p class="about">${about}</p>${body}</section>`;
}

export function facts(entries: readonly (readonly [string, Markup | string])[], one = false): Markup {
  return html`<dl class="${one ? 'facts one' : 'facts'}">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** UTC, and under it the local time. */
export function time(instant: string | null, timeZone: string): Markup {
  if (instant === null) return html``;
  const here = local(instant, timeZone);
  return html`<time datetime="${instant}" class="nw">${utc(instant)}</time>${
    utc(instant).startsWith(here) ? null : html`<span class="sub nw">${here} local</span>`
  }`;
}

/** A hash or path, in full. */
export function exact(text: string | null): Markup {
  return text === null ? html`` : html`<code class="hash">${text}</code>`;
}

export function seconds(value: number | null): string {
  return value === null ? '' : duration(value * 1000);
}

export function forecast(estimate: Estimate | null): string {
  return estimate === null ? 'not measured' : estimated(estimate);
}

export type Mark = Severity | 'ok' | 'open';

/** Each mark has a shape of its own, so that the report can be read without colour. */
const shapes: Readonly<Record<Mark, Markup>> = {
  ok: html`<circle cx="7" cy="7" r="6"/><path d="m4.3 7.2 1.9 1.9 3.6-3.9"/>`,
  open: html`<circle cx="7" cy="7" r="6" stroke-dasharray="2.4 2"/>`,
  info: html`<circle cx="7" cy="7" r="6"/><path d="M7 6.4V10M7 4v.1"/>`,
  warning: html`<path d="M7 1.4 13.2 12.4H.8Z"/><path d="M7 5.4v3.2M7 10.4v.1"/>`,
  error: html`<circle cx="7" cy="7" r="6"/><path d="m4.9 4.9 4.2 4.2m0-4.2L4.9 9.1"/>`,
  critical: html`<path d="M4.6 1h4.8L13 4.6v4.8L9.4 13H4.6L1 9.4V4.6Z"/><path d="M7 4v3.6M7 9.8v.1"/>`,
};

export function icon(mark: Mark): Markup {
  return html`<svg width="14" height="14" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes[mark]}</svg>`;
}

/** Icon and word. */
export function marked(mark: Mark, words: string): Markup {
  return html`<span class="st ${mark}">${icon(mark)}<span>${words}</span></span>`;
}
