import type { RunReport } from '../model.ts';
import { accountsSection } from './accounts.ts';
import { decisionsSection, environmentSection, openSection, timelineSection, verifySection } from './record.ts';
import type { ReportSection } from './section.ts';
import { setAsideSection } from './set-aside.ts';
import { stepsSection } from './steps.ts';
import { validationSection } from './validation.ts';
import { backupSection, rollbackSection } from './way-back.ts';

/** Every section of the report, in order; a section of which nothing is known says so. */
export function reportSections(report: RunReport): ReportSection[] {
  return [
    openSection(report),
    accountsSection(report),
    decisionsSection(report),
    stepsSection(report),
    validationSection(report),
    setAsideSection(report),
    backupSection(report),
    rollbackSection(report),
    environmentSection(report),
    timelineSection(report),
    verifySection(report),
  ];
}
