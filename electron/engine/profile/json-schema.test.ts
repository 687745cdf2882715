import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { profileJsonSchema } from './json-schema.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const validate = new Ajv({ strict: false }).compile(profileJsonSchema());

describe('the published JSON Schema', () => {
  test('is up to date: node electron/engine/profile/write-schema.ts', () => {
    expect(JSON.parse(read('resources/overland-profile-1.schema.json'))).toStrictEqual(
      JSON.parse(JSON.stringify(profileJsonSchema())),
    );
  });

  test.each([
    'electron/engine/profile/fixtures/task-orchestrator/profile.toml',
    'resources/bundles/task-orchestrator/profile.toml',
  ])('accepts %s', (path) => {
    expect(validate(parse(read(path))), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ['an unknown key', 'titel = "x"\n'],
    ['another format', 'overland = 2\n'],
    ['a step of no kind', '[steps.x]\nkind = "recrods"\n'],
    ['an engine that is none', '[connections]\nlegacy = { engine = "sqlit", path = "x" }\n'],
  ])('refuses %s', (_, text) => {
    const sample = parse(read('electron/engine/profile/fixtures/task-orchestrator/profile.toml'));
    const changed = parse(text) as Record<string, unknown>;
    expect(validate({ ...sample, ...changed })).toBe(false);
  });
});

describe('docs/profile.md', () => {
  test('mentions every key', () => {
    const page = read('docs/profile.md');
    const missing = [...keysOf(profileJsonSchema())].filter((key) => !page.includes(`\`${key}\``));
    expect(missing).toStrictEqual([]);
  });

  test('has examples that are TOML', () => {
    const blocks = [...read('docs/profile.md').matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect(() => parse(block)).not.toThrow();
  });
});

/** Every property that the schema names. */
function keysOf(schema: unknown): Set<string> {
  const keys = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object') {
      for (const [name, inner] of Object.entries(node)) {
        if (name === 'properties') for (const key of Object.keys(inner as object)) keys.add(key);
        walk(inner);
      }
    }
  };
  walk(schema);
  return keys;
}
