import { actionsOf, type Effect, namePattern, unquoted } from './lock-parts.ts';

type Rule = readonly [pattern: RegExp, blocks: Effect['blocks'], work: Effect['work'], words: string];

const exclusive = 'ACCESS EXCLUSIVE';

/** Forms of ALTER TABLE; the first that fits. */
const alterations: readonly Rule[] = [
  [
    /^ADD (?:COLUMN )?.*\bGENERATED ALWAYS AS \(.*\) STORED\b/i,
    'everything',
    'rewrite',
    `${exclusive}, a stored generated column`,
  ],
  [
    /^ADD (?:COLUMN )?.*\b(?:BIGSERIAL|SERIAL|SMALLSERIAL|SERIAL[248])\b/i,
    'everything',
    'rewrite',
    `${exclusive}, a numbered column`,
  ],
  [
    /^ADD (?:COLUMN )?.*\bGENERATED (?:ALWAYS|BY DEFAULT) AS IDENTITY\b/i,
    'everything',
    'rewrite',
    `${exclusive}, a numbered column`,
  ],
  [
    /^ADD (?:COLUMN )?(?!CONSTRAINT\b).*\bDEFAULT .*\b(?:random|gen_random_uuid|uuid_generate_v\w+|clock_timestamp|timeofday|nextval)\s*\(/i,
    'everything',
    'rewrite',
    `${exclusive}, a default that differs from row to row`,
  ],
  [/^ADD .*\bUSING INDEX\b/i, 'everything', 'instant', exclusive],
  [
    /^ADD (?:CONSTRAINT \S+ )?(?:PRIMARY KEY|UNIQUE|EXCLUDE)\b/i,
    'everything',
    'scan',
    `${exclusive}, an index is built`,
  ],
  [/^ADD (?:CONSTRAINT \S+ )?FOREIGN KEY\b.*\bNOT VALID\b/i, 'writes', 'instant', 'SHARE ROW EXCLUSIVE'],
  [/^ADD (?:CONSTRAINT \S+ )?FOREIGN KEY\b/i, 'writes', 'scan', 'SHARE ROW EXCLUSIVE, every row is checked'],
  [/^ADD (?:CONSTRAINT \S+ )?CHECK\b.*\bNOT VALID\b/i, 'everything', 'instant', exclusive],
  [/^ADD (?:CONSTRAINT \S+ )?CHECK\b/i, 'everything', 'scan', `${exclusive}, every row is checked`],
  [
    /^ADD (?:COLUMN )?.*\b(?:CHECK|REFERENCES|UNIQUE|PRIMARY KEY)\b/i,
    'everything',
    'scan',
    `${exclusive}, a column with a constraint`,
  ],
  [/^ADD\b/i, 'everything', 'instant', exclusive],
  [/^VALIDATE CONSTRAINT\b/i, 'nothing', 'scan', 'SHARE UPDATE EXCLUSIVE'],
  [
    /^ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE (?:text|varchar|character varying)\s*(?:;|$)/i,
    'everything',
    'instant',
    `${exclusive}; written anew unless it was a shorter text type`,
  ],
  [/^ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b/i, 'everything', 'rewrite', `${exclusive}, another type`],
  [/^ALTER (?:COLUMN )?\S+ SET NOT NULL\b/i, 'everything', 'scan', `${exclusive}, every row is checked`],
  [/^ALTER (?:COLUMN )?\S+ SET (?:STATISTICS|\()/i, 'nothing', 'instant', 'SHARE UPDATE EXCLUSIVE'],
  [/^(?:SET|RESET) \(/i, 'nothing', 'instant', 'SHARE UPDATE EXCLUSIVE'],
  [/^SET (?:TABLESPACE|LOGGED|UNLOGGED|ACCESS METHOD)\b/i, 'everything', 'rewrite', exclusive],
  [/^ATTACH PARTITION\b/i, 'nothing', 'scan', 'SHARE UPDATE EXCLUSIVE, the partition is read'],
  [/^(?:ENABLE|DISABLE) TRIGGER\b/i, 'writes', 'instant', 'SHARE ROW EXCLUSIVE'],
];

const statements: readonly Rule[] = [
  [
    new RegExp(`^CREATE (?:UNIQUE )?INDEX CONCURRENTLY .*? ON (?:ONLY )?${namePattern}`, 'iu'),
    'nothing',
    'scan',
    'SHARE UPDATE EXCLUSIVE',
  ],
  [
    new RegExp(`^CREATE (?:UNIQUE )?INDEX (?:.*? )?ON (?:ONLY )?${namePattern}`, 'iu'),
    'writes',
    'scan',
    'SHARE, an index is built',
  ],
  [new RegExp(`^DROP TABLE (?:IF EXISTS )?${namePattern}`, 'iu'), 'everything', 'instant', exclusive],
  [new RegExp(`^TRUNCATE (?:TABLE )?(?:ONLY )?${namePattern}`, 'iu'), 'everything', 'instant', exclusive],
  [
    new RegExp(`^VACUUM (?:\\(.*\\bFULL\\b.*\\)|FULL) (?:VERBOSE )?(?:ANALYZE )?${namePattern}`, 'iu'),
    'everything',
    'rewrite',
    exclusive,
  ],
  [new RegExp(`^CLUSTER (?:VERBOSE )?${namePattern}`, 'iu'), 'everything', 'rewrite', exclusive],
  [
    new RegExp(`^REINDEX (?:\\(.*?\\) )?TABLE CONCURRENTLY ${namePattern}`, 'iu'),
    'nothing',
    'scan',
    'SHARE UPDATE EXCLUSIVE',
  ],
  [
    new RegExp(`^REINDEX (?:\\(.*?\\) )?TABLE ${namePattern}`, 'iu'),
    'writes',
    'scan',
    'SHARE, its indexes are built anew',
  ],
  [
    new RegExp(`^CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*? ON ${namePattern}`, 'iu'),
    'writes',
    'instant',
    'SHARE ROW EXCLUSIVE',
  ],
  [new RegExp(`^REFRESH MATERIALIZED VIEW CONCURRENTLY ${namePattern}`, 'iu'), 'nothing', 'scan', 'EXCLUSIVE'],
  [new RegExp(`^REFRESH MATERIALIZED VIEW ${namePattern}`, 'iu'), 'everything', 'rewrite', exclusive],
  [new RegExp(`^LOCK (?:TABLE )?(?:ONLY )?${namePattern}`, 'iu'), 'everything', 'instant', 'the lock it names'],
  [
    new RegExp(`^UPDATE (?:ONLY )?${namePattern}(?!.*\\bWHERE\\b)`, 'iu'),
    'nothing',
    'rewrite',
    'every row is locked and written',
  ],
  [
    new RegExp(`^DELETE FROM (?:ONLY )?${namePattern}(?!.*\\bWHERE\\b)`, 'iu'),
    'nothing',
    'scan',
    'every row is locked and removed',
  ],
];

/** `code` is one statement without comments and strings, its white space single blanks. */
export function postgresEffects(code: string): Effect[] {
  const altered = new RegExp(`^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?${namePattern}\\s*\\*?\\s+(.*)$`, 'iu').exec(code);
  if (altered) {
    const table = unquoted(altered[1]!);
    const effects = actionsOf(altered[2]!).flatMap((action) => [
      alteration(table, action),
      // A foreign key takes the lock on both tables.
      ...referenced(action),
    ]);
    return heaviest(effects);
  }
  for (const [pattern, blocks, work, words] of statements) {
    const found = pattern.exec(code);
    if (found) return [{ table: unquoted(found[1]!), blocks, work, words }];
  }
  return [];
}

function alteration(table: string, action: string): Effect {
  for (const [pattern, blocks, work, words] of alterations)
    if (pattern.test(action)) return { table, blocks, work, words };
  return { table, blocks: 'everything', work: 'instant', words: exclusive };
}

function referenced(action: string): Effect[] {
  const found = new RegExp(`^ADD\\b.*\\bREFERENCES ${namePattern}`, 'iu').exec(action);
  return found ? [{ table: unquoted(found[1]!), blocks: 'writes', work: 'instant', words: 'SHARE ROW EXCLUSIVE' }] : [];
}

/** Of several actions on a table the one that hurts most. */
function heaviest(effects: readonly Effect[]): Effect[] {
  const weight = ({ blocks, work }: Effect) =>
    ['instant', 'scan', 'rewrite'].indexOf(work) * 3 + ['nothing', 'writes', 'everything'].indexOf(blocks);
  const most = new Map<string, Effect>();
  for (const effect of effects) {
    const known = most.get(effect.table);
    if (!known || weight(effect) > weight(known)) most.set(effect.table, effect);
  }
  return [...most.values()];
}
