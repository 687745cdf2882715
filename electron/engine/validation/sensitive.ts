/** What a person sees in place of a value of a `sensitive` column. */
export const maskedText = 'masked';

export type IsSensitive = (column: string) => boolean;

/**
 * Tells whether a column's name is that of a `sensitive` column, whatever its table: a mapping copies `legacy.subtasks.results`
 * to a column of another table, and a query has no table at all, so the name decides. Masks rather too much than too little.
 */
export function sensitiveNames(sensitive: ReadonlySet<string>): IsSensitive {
  const names = new Set<string>();
  for (const entry of sensitive) names.add(lastPart(entry).toLowerCase());
  return (column) => names.has('*') || names.has(column.toLowerCase());
}

function lastPart(entry: string): string {
  return entry.slice(entry.lastIndexOf('.') + 1);
}
