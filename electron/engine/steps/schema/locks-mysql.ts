import { actionsOf, type Effect, namePattern, unquoted } from './lock-parts.ts';

type Rule = readonly [pattern: RegExp, blocks: Effect['blocks'], work: Effect['work'], words: string];

/** Forms of ALTER TABLE by the algorithm that InnoDB takes for them; the first that fits. */
const alterations: readonly Rule[] = [
  [/^ALGORITHM\s*=?\s*COPY\b/i, 'writes', 'rewrite', 'COPY'],
  [/^(?:ALGORITHM|LOCK)\b/i, 'nothing', 'instant', 'as the statement says'],
  [/^(?:CONVERT TO )?(?:CHARACTER SET|CHARSET)\b/i, 'writes', 'rewrite', 'COPY, another character set'],
  [/^(?:MODIFY|CHANGE)\b/i, 'writes', 'rewrite', 'COPY where the type changes, else an instant'],
  [/^DROP PRIMARY KEY\b/i, 'writes', 'rewrite', 'COPY unless another key is added with it'],
  [/^ADD (?:CONSTRAINT (?:\S+ )?)?PRIMARY KEY\b/i, 'nothing', 'rewrite', 'INPLACE, the table is built anew'],
  [/^ADD (?:CONSTRAINT (?:\S+ )?)?FOREIGN KEY\b/i, 'writes', 'rewrite', 'COPY unless foreign_key_checks is off'],
  [/^ADD (?:CONSTRAINT (?:\S+ )?)?CHECK\b/i, 'writes', 'rewrite', 'COPY, every row is checked'],
  [/^ADD (?:FULLTEXT|SPATIAL)\b/i, 'writes', 'scan', 'INPLACE with LOCK=SHARED'],
  [/^ADD (?:CONSTRAINT (?:\S+ )?)?(?:UNIQUE|INDEX|KEY)\b/i, 'nothing', 'scan', 'INPLACE'],
  [/^ADD (?:COLUMN )?.*\b(?:STORED|PERSISTENT|AUTO_INCREMENT)\b/i, 'writes', 'rewrite', 'COPY, a value for every row'],
  [/^ADD (?:COLUMN )?/i, 'everything', 'instant', 'INSTANT, with a metadata lock'],
  [
    /^DROP (?:COLUMN )?(?!INDEX\b|KEY\b|FOREIGN\b|CONSTRAINT\b|CHECK\b|PARTITION\b)/i,
    'nothing',
    'rewrite',
    'INPLACE, built anew unless the server drops columns in an instant',
  ],
  [/^(?:ENGINE|ROW_FORMAT|KEY_BLOCK_SIZE)\b|^FORCE\b/i, 'nothing', 'rewrite', 'INPLACE, the table is built anew'],
  [/^ORDER BY\b/i, 'writes', 'rewrite', 'COPY'],
  [
    /^(?:PARTITION BY|REORGANIZE PARTITION|COALESCE PARTITION|REMOVE PARTITIONING)\b/i,
    'writes',
    'rewrite',
    'COPY of the partitions',
  ],
];

const statements: readonly Rule[] = [
  [
    new RegExp(`^CREATE (?:FULLTEXT|SPATIAL) INDEX .*? ON ${namePattern}`, 'iu'),
    'writes',
    'scan',
    'INPLACE with LOCK=SHARED',
  ],
  [new RegExp(`^CREATE (?:OR REPLACE )?(?:UNIQUE )?INDEX .*? ON ${namePattern}`, 'iu'), 'nothing', 'scan', 'INPLACE'],
  [
    new RegExp(`^(?:OPTIMIZE|REPAIR) (?:NO_WRITE_TO_BINLOG |LOCAL )?TABLES? ${namePattern}`, 'iu'),
    'nothing',
    'rewrite',
    'INPLACE, the table is built anew',
  ],
  [
    new RegExp(`^(?:DROP TABLE (?:IF EXISTS )?|TRUNCATE (?:TABLE )?|RENAME TABLE )${namePattern}`, 'iu'),
    'everything',
    'instant',
    'a metadata lock',
  ],
  [
    new RegExp(`^CREATE (?:OR REPLACE )?(?:DEFINER ?= ?\\S+ )?TRIGGER .*? ON ${namePattern}`, 'iu'),
    'everything',
    'instant',
    'a metadata lock',
  ],
  [
    new RegExp(`^UPDATE ${namePattern}(?!.*\\bWHERE\\b)`, 'iu'),
    'nothing',
    'rewrite',
    'every row is locked and written',
  ],
  [
    new RegExp(`^DELETE FROM ${namePattern}(?!.*\\bWHERE\\b)`, 'iu'),
    'nothing',
    'scan',
    'every row is locked and removed',
  ],
];

/** `code` is one statement without comments and strings, its white space single blanks. */
export function mysqlEffects(code: string): Effect[] {
  const altered = new RegExp(`^ALTER (?:ONLINE |IGNORE )*TABLE (?:IF EXISTS )?${namePattern} (.*)$`, 'iu').exec(code);
  if (altered) return [alterTable(unquoted(altered[1]!), actionsOf(altered[2]!))];
  for (const [pattern, blocks, work, words] of statements) {
    const found = pattern.exec(code);
    if (found) return [{ table: unquoted(found[1]!), blocks, work, words }];
  }
  return [];
}

/** One statement is one operation: the action that needs most decides for all. */
function alterTable(table: string, actions: readonly string[]): Effect {
  const keeps =
    actions.some((action) => /^DROP PRIMARY KEY\b/i.test(action)) &&
    actions.some((action) => /^ADD .*PRIMARY KEY\b/i.test(action));
  let most: Effect = { table, blocks: 'everything', work: 'instant', words: 'a metadata lock' };
  for (const action of actions) {
    if (keeps && /^DROP PRIMARY KEY\b/i.test(action)) continue;
    const rule = alterations.find(([pattern]) => pattern.test(action));
    if (!rule) continue;
    const [, blocks, work, words] = rule;
    if (weight(work, words) > weight(most.work, most.words)) most = { table, blocks, work, words };
  }
  return most;
}

function weight(work: Effect['work'], words: string): number {
  return ['instant', 'scan', 'rewrite'].indexOf(work) * 2 + (words.startsWith('COPY') ? 1 : 0);
}
