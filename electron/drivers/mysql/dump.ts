import type { RowSink } from './connection.ts';
import { decoderFor, invalidText } from './decode.ts';
import { ownFailure } from './errors.ts';
import { literal, quote, quoteAll } from './names.ts';
import { orderedTable, rangeOf, wholeRange } from './ordered.ts';
import { type Column, type Relation, selectList } from './relation.ts';

/** Bytes of one INSERT; far below what any server takes as a packet. */
const statementBytes = 512 << 10;

/** What a session must have set before the statements of a dump run; they give back dates and labels that strict mode refuses. */
export const dumpSettings = [
  'SET NAMES utf8mb4',
  "SET SESSION time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'",
] as const;

/** The query of all rows of a table, and what makes INSERT statements of them: one a line, every value exact. */
export function dumpReader(found: Relation): { readonly sql: string; readonly sink: RowSink<string> } {
  const columns = found.columns.filter((column) => column.generatedAs === null);
  const source = orderedTable(found);
  if (!source) throw new Error(`${found.name} is no table`);
  const begin = `INSERT INTO ${quote(found.name)} (${quoteAll(columns.map((column) => column.name))}) VALUES `;
  let text = '';
  let inStatement = 0;
  const endStatement = (): void => {
    if (inStatement > 0) text += ';\n';
    inStatement = 0;
  };
  return {
    sql: `SELECT ${selectList(columns)} ${rangeOf(source, wholeRange)}`,
    sink: {
      add(raw) {
        const values = columns.map((column, index) => dumpLiteral(raw[index] ?? null, column, found.name));
        const row = `(${values.join(',')})`;
        text += inStatement === 0 ? begin + row : `,${row}`;
        inStatement += row.length;
        if (inStatement >= statementBytes) endStatement();
        return row.length;
      },
      take() {
        endStatement();
        const taken = text;
        text = '';
        return taken;
      },
    },
  };
}

function dumpLiteral(cell: Buffer | null, column: Column, table: string): string {
  if (cell === null) return 'NULL';
  switch (column.kind) {
    case 'int':
    case 'decimal':
    case 'bit':
      return cell.toString('latin1');
    case 'float':
    case 'double':
      return Number(cell.toString('latin1')).toExponential();
    case 'binary':
    case 'bytes':
      return cell.length === 0 ? "''" : `x'${cell.toString('hex')}'`;
    case 'hex':
      return cell.length === 0 ? "''" : `x'${cell.toString('latin1')}'`;
    default: {
      const text = decoderFor({ kind: 'text', type: { t: 'text' } })(cell);
      if (text === invalidText || typeof text !== 'string') {
        throw ownFailure(
          'INVALID_TEXT',
          'permanent',
          `A text in ${table}.${column.name} is not valid in its character set, so that the table cannot be saved exactly.`,
          { table, column: column.name },
        );
      }
      // A statement stays on its line.
      return literal(text).replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    }
  }
}
