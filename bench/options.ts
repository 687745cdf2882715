import { parseArgs } from 'node:util';

export type BenchOptions = {
  /** Subtasks in the legacy file, about. */
  readonly rows: number;
  readonly rounds: number;
  readonly parts: readonly BenchPart[];
  /** Part of the name of the copies to run; null runs all. */
  readonly path: string | null;
  /** Folder for the files; removed at the end when it is not given. */
  readonly folder: string | null;
  /** Writes everything measured as JSON as well. */
  readonly json: string | null;
};

const benchParts = ['records', 'window', 'copy', 'migrations'] as const;
export type BenchPart = (typeof benchParts)[number];

export const usage = `npm run bench -- [--rows N] [--rounds N] [--only records|window|copy|migrations] [--path NAME] [--folder DIR] [--json FILE]

  --rows N     subtasks in the legacy file (1,000,000)
  --rounds N   alternating rounds, of which the medians are shown (3)
  --only PART  records: engine against INSERT ... SELECT; window: first paint and longest block of the desktop's main process;
               copy: between engines, against psql, pgloader, pg_dump and the client of MariaDB (--rows is rows of the table);
               migrations: one statement each, against dbmate, as many as --rows says, 1,000 at most
  --path NAME  only the copies whose name holds this, such as "to mariadb"
  --folder DIR keep the files there and use a legacy file that is there already
  --json FILE  everything measured, as JSON`;

/** Throws with a sentence for the person who typed it. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rows: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string' },
      path: { type: 'string' },
      folder: { type: 'string' },
      json: { type: 'string' },
    },
  });
  return {
    rows: count('rows', values.rows, 1_000),
    rounds: count('rounds', values.rounds, 1),
    parts: values.only === undefined ? benchParts : [part(values.only)],
    path: values.path ?? null,
    folder: values.folder ?? null,
    json: values.json ?? null,
  };
}

function count(name: string, text: string, least: number): number {
  const value = Number(text.replaceAll(/[_,]/g, ''));
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} is ${text}; it is a number from ${least}.`);
  return value;
}

function part(text: string): BenchPart {
  const found = benchParts.find((known) => known === text);
  if (!found) throw new Error(`--only is ${text}; it is one of ${benchParts.join(', ')}.`);
  return found;
}
