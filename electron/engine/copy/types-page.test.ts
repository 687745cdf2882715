import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Engine } from '../../drivers/relational.ts';
import { way } from './testing.ts';

const engines: Readonly<Record<string, Engine>> = { SQLite: 'sqlite', PostgreSQL: 'postgres', MySQL: 'mysql' };
const page = readFileSync(new URL('../../../docs/types.md', import.meta.url), 'utf8');

/** Rows of the tables: what is declared in the source, and the first type that the page names for the target. */
const rows = page.split(/^## Into /m).flatMap((section) => {
  const target = engines[/^\w+/.exec(section)?.[0] ?? ''];
  if (!target) return [];
  return [...section.matchAll(/^\| (\w+) \| `([^`]+)` \| (?:as JSON|`([^`]+)`)/gm)].map(
    ([, source = '', declared = '', there]) => ({
      source: engines[source] as Engine,
      declared,
      target,
      there,
    }),
  );
});

it.each(rows)('docs/types.md: $source $declared to $target', ({ source, declared, target, there }) => {
  const found = way(source, declared, target).type;
  if (there === undefined) expect(found).toContain('json_valid');
  else expect(found.replace(/ CHARACTER SET .*/, '')).toBe(there);
});

it('the page has its tables', () => {
  expect(rows.length).toBeGreaterThan(50);
});
