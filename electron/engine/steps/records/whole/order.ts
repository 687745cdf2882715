import type { TableInfo } from '../../../../drivers/relational.ts';

/** Referred tables first. Tables that refer to each other in a circle stay in the order that they came in; `circles` names them. */
export function inOrder(tables: readonly TableInfo[]): {
  readonly ordered: readonly TableInfo[];
  readonly circles: readonly (readonly string[])[];
} {
  const left = new Map(tables.map((table) => [table.name, table]));
  const waitsFor = ({ name, foreignKeys }: TableInfo) =>
    foreignKeys.filter((key) => key.table !== name && left.has(key.table)).map((key) => key.table);
  const ordered: TableInfo[] = [];
  const circles: string[][] = [];
  while (left.size > 0) {
    let free = [...left.values()].find((table) => waitsFor(table).length === 0);
    if (!free) {
      const circle = circleFrom([...left.values()][0]!, left, waitsFor);
      circles.push(circle);
      free = left.get(circle[0]!)!;
    }
    ordered.push(free);
    left.delete(free.name);
  }
  return { ordered, circles };
}

/** Follows the references until a table comes again. */
function circleFrom(
  start: TableInfo,
  tables: ReadonlyMap<string, TableInfo>,
  waitsFor: (table: TableInfo) => readonly string[],
): string[] {
  const path: string[] = [];
  let here = start.name;
  while (!path.includes(here)) {
    path.push(here);
    here = waitsFor(tables.get(here)!)[0]!;
  }
  return path.slice(path.indexOf(here));
}
