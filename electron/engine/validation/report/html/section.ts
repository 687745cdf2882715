import type { Markup } from './markup.ts';

export type ReportSection = {
  readonly id: string;
  readonly title: string;
  /** What the section is and how it is to be read, for somebody who sees such a report for the first time. */
  readonly about: string;
  readonly body: readonly Markup[];
};
