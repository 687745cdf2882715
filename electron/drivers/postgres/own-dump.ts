import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { Interruption } from '../shared/interruption.ts';
import { copyOut } from './copy-out.ts';
import { copyRaw } from './copy-raw.ts';
import { ownFailure } from './errors.ts';
import { textLines } from './lines.ts';
import type { Link } from './link.ts';
import { literal, quote, quoteAll } from './names.ts';
import { fromOf, requireRelation } from './relation.ts';
import { splitScript } from './script.ts';
import { sequencesOf, stateOf } from './sequences.ts';
import { structureScript } from './structure-script.ts';

const marks = { any: '-- overland: in any order', copy: '-- overland: rows', end: '-- overland: end' };

/**
 * A script that psql can run: it empties the schema and makes it again, with its rows. Written within the transaction of
 * `link`, so that it is one moment. Grants, owners and objects of other schemas are not in it.
 */
export async function writeDump(link: Link, schema: string, path: string, signal?: AbortSignal): Promise<void> {
  const script = await structureScript(link, schema);
  const out = createWriteStream(path, { mode: 0o600, flush: true });
  const failure = new Interruption();
  out.on('error', (error) => failure.raise(error));
  const put = async (text: string | Uint8Array): Promise<void> => {
    if (!out.write(text)) await failure.until(once(out, 'drain'));
  };
  const block = async (statements: readonly string[]): Promise<void> => {
    await put(`${marks.any}\n${statements.map((text) => `${text};\n`).join('')}${marks.end}\n`);
  };
  await put(`-- Saved by Overland. Empties the schema, then makes it again.\nBEGIN;\n${emptied(schema)};\n`);
  await put(`SET LOCAL search_path = ${quote(schema)};\nSET LOCAL check_function_bodies = off;\n`);
  await block(script.before);
  const settings: string[] = [];
  for (const name of script.tables) {
    const relation = await requireRelation(link, schema, name);
    const columns = quoteAll(relation.columns.filter((column) => !column.generated).map((column) => column.name));
    if (columns !== '') {
      await put(`${marks.copy}\nCOPY ${quote(name)} (${columns}) FROM stdin;\n`);
      for await (const chunk of copyOut(link, `SELECT ${columns} FROM ${fromOf(relation)}`, signal)) await put(chunk);
      await put('\\.\n');
    }
    for (const { sequence } of await sequencesOf(link, relation.oid)) {
      const { last, called } = await stateOf(link, sequence);
      const bare = sequence.replace(/^(?:"(?:[^"]|"")*"|[^".]+)\./, '');
      settings.push(`SELECT setval('${bare.replaceAll("'", "''")}', ${last}, ${called})`);
    }
  }
  await block(script.after);
  await put(`${settings.map((text) => `${text};\n`).join('')}COMMIT;\n`);
  out.end();
  await failure.until(once(out, 'close'));
}

/**
 * Drops what the script makes again, and nothing with it: what extensions made stays, and an object of another schema that needs
 * one of these is an error, not dropped.
 */
function emptied(schema: string): string {
  const own = literal(schema);
  const no = (catalog: string): string =>
    `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = o.oid AND x.deptype IN ('e', 'i'))`;
  const each = (select: string, sql: string): string => `FOR r IN ${select} LOOP EXECUTE ${sql}; END LOOP;`;
  const relations = (kinds: string, what: string): string =>
    each(
      `SELECT o.relname AS name FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace WHERE n.nspname = ${own} AND o.relkind IN (${kinds}) AND NOT o.relispartition AND ${no('pg_class')} ORDER BY o.oid DESC`,
      `format('DROP ${what} IF EXISTS %I.%I', ${own}, r.name)`,
    );
  return `DO $overland$ DECLARE r record; BEGIN
  ${each(
    `SELECT o.conrelid::regclass AS tab, o.conname AS name FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${own} AND o.contype = 'f' AND o.conparentid = 0`,
    `format('ALTER TABLE %s DROP CONSTRAINT %I', r.tab, r.name)`,
  )}
  ${relations("'v'", 'VIEW')}
  ${relations("'m'", 'MATERIALIZED VIEW')}
  ${relations("'r', 'p'", 'TABLE')}
  ${relations("'S'", 'SEQUENCE')}
  ${each(
    `SELECT o.oid::regprocedure AS name FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace WHERE n.nspname = ${own} AND o.prokind <> 'a' AND ${no('pg_proc')} ORDER BY o.oid DESC`,
    `format('DROP ROUTINE IF EXISTS %s', r.name)`,
  )}
  ${each(
    `SELECT o.typname AS name FROM pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace LEFT JOIN pg_class c ON c.oid = o.typrelid WHERE n.nspname = ${own} AND (o.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND ${no('pg_type')} ORDER BY o.oid DESC`,
    `format('DROP TYPE IF EXISTS %I.%I', ${own}, r.name)`,
  )}
END $overland$`;
}

/**
 * Runs such a script through a connection that is inside of a transaction; BEGIN and COMMIT of the script are left to the
 * caller. Statements of a block in any order are tried until all have passed.
 */
export async function runDump(
  link: Link,
  path: string,
  inAnyOrder: (statements: readonly string[]) => Promise<void>,
): Promise<void> {
  const lines = textLines(createReadStream(path));
  let text = '';
  const flush = async (work: (statements: string[]) => Promise<void>): Promise<void> => {
    const statements = splitScript(text).map((statement) => statement.text.replace(/;$/, ''));
    text = '';
    await work(statements.filter((statement) => statement !== 'BEGIN' && statement !== 'COMMIT'));
  };
  const one = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await link.query(statement);
  };
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const line = next.value;
    if (line === marks.any) await flush(one);
    else if (line === marks.end) await flush(inAnyOrder);
    else if (line === marks.copy) {
      await flush(one);
      const copy = String((await lines.next()).value);
      const into = /^COPY (.*) FROM stdin;$/s.exec(copy)?.[1];
      if (into === undefined)
        throw ownFailure('DUMP', 'permanent', `The saved script is damaged: ${copy.slice(0, 80)}`);
      await copyRaw(link, into, rowLines(lines));
    } else text += `${line}\n`;
  }
  await flush(one);
}

async function* rowLines(lines: AsyncIterator<string>): AsyncGenerator<Buffer> {
  let block: string[] = [];
  let length = 0;
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    if (next.value === '\\.') {
      if (block.length > 0) yield Buffer.from(`${block.join('\n')}\n`);
      return;
    }
    block.push(next.value);
    length += next.value.length;
    if (length < 1 << 18) continue;
    yield Buffer.from(`${block.join('\n')}\n`);
    block = [];
    length = 0;
  }
  throw ownFailure('DUMP', 'permanent', 'The saved script ends within the rows of a table.');
}
