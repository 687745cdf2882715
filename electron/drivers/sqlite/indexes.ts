import type { IndexInfo } from '../relational.ts';
import { type Connection, cell, rowsOf } from './database.ts';
import { quote } from './names.ts';

/** All indexes of a table but that of its primary key, in an order that does not change. */
export function indexesOf(db: Connection, table: string): IndexInfo[] {
  const rows = rowsOf(
    db,
    `SELECT name, "unique", origin FROM pragma_index_list(?) WHERE origin <> 'pk' ORDER BY name`,
    [table],
  );
  return rows.map(([name, unique, origin]) => {
    const sql = cell(db, `SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?`, [name as string]);
    const { parts: texts, where } = indexText(typeof sql === 'string' ? sql : '');
    const parts = rowsOf(
      db,
      'SELECT i.cid, i.name, i."desc", i.coll, t.name FROM pragma_index_xinfo(?) i LEFT JOIN pragma_table_xinfo(?) t ON t.cid = i.cid WHERE i.key = 1 ORDER BY i.seqno',
      [name as string, table],
    ).map(([cid, column, descending, collation], at) => {
      const text = texts[at] ?? '';
      // A collation of the index alone is part of an expression to everybody else.
      const own = /\bcollate\s+\S+\s*$/i.test(text) && String(collation) !== 'BINARY';
      const isColumn = (cid as bigint) >= 0n && !own;
      return {
        column: isColumn ? (column as string) : null,
        expression: isColumn ? null : own ? `${quote(column as string)} COLLATE ${collation}` : text,
        descending: descending === 1n,
        length: null,
      };
    });
    const constraint = origin === 'u';
    return {
      name: constraint ? constraintName(table, parts) : (name as string),
      parts,
      unique: unique === 1n,
      where,
      method: 'btree',
      constraint,
    };
  });
}

/** SQLite's own names, `sqlite_autoindex_...`, cannot be given again. */
function constraintName(table: string, parts: IndexInfo['parts']): string {
  return `${table}_${parts.map((part) => part.column ?? 'expression').join('_')}_key`;
}

/** Parts and condition of CREATE INDEX; a direction at the end of a part is left out. */
function indexText(sql: string): { readonly parts: readonly string[]; readonly where: string | null } {
  const open = sql.indexOf('(', onWord(sql));
  if (open < 0) return { parts: [], where: null };
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (const found of sql.slice(open).matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[(),]/g)) {
    const at = open + found.index;
    if (found[0] === '(') depth += 1;
    if (found[0] === ')') depth -= 1;
    if ((found[0] === ',' && depth === 1) || (found[0] === ')' && depth === 0)) {
      parts.push(
        sql
          .slice(from, at)
          .trim()
          .replace(/\s+(?:asc|desc)$/i, ''),
      );
      from = at + 1;
    }
    if (found[0] === ')' && depth === 0) break;
  }
  const where = /^\s*where\s+([\s\S]*)$/i.exec(sql.slice(from))?.[1]?.trim() ?? null;
  return { parts, where };
}

/** Behind the ON of CREATE INDEX, whatever the names look like. */
function onWord(sql: string): number {
  for (const found of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\bon\b/gi)) {
    if (found[0].toLowerCase() === 'on') {
      const table = /^on\s*(?:"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^\s(]+)/i.exec(sql.slice(found.index));
      return found.index + (table?.[0].length ?? 2);
    }
  }
  return 0;
}
