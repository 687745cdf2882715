const otherUnits = new Set(['statements', 'files', 'keys', 'migrations', 'tables']);

/** Whether a step counts records. Statements and files have units of their own and are in no account of records. */
export function isRecordUnit(unit: string): boolean {
  return !otherUnits.has(unit);
}
