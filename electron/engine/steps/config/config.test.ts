import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf } from '../../documents/document.ts';
import { parseDocument, writeDocument } from '../../documents/index.ts';
import { type Doc, docObject, docText, isDocObject, leavesOf, sameDoc, valueAt } from '../../documents/tree.ts';
import { parseToml } from '../../profile/toml-source.ts';
import { type Converted, convertFile } from './convert-file.ts';
import { targetOf } from './convert-planned.ts';
import { Expressions } from './expressions.ts';
import { schemaCheck } from './schema-check.ts';
import { parseConfig } from './spec.ts';
import type { ConfigSpec } from './spec-types.ts';

const templates = `[t2v]\nid = "t2v-A14B@2.2.0"\ndescription = "Text"\nversion = "2.2.0"\ndefaults = { fps = 24 }\n[i2v]\nid = "i2v-A14B@2.2.0"\n[ti2v]\nid = "ti2v-5b@2.2.0"\n`;
const bundle: Readonly<Record<string, string>> = {
  'templates/models.toml': templates,
  'schema/settings.schema.json': '{}',
};

function specOf(text: string, maps: Record<string, Record<string, string>> = {}) {
  const parsed = parseToml(text, 'profile.toml');
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  const { kind: _kind, ...raw } = parsed.value;
  return parseConfig(raw, parsed.at, {
    connections: new Set(['app', 'settings']),
    maps,
    constants: {},
    files: { folder: '', text: (path) => bundle[path] ?? null, list: () => [], hash: '' },
    file: 'profile.toml',
    step: 'config',
  });
}

function goodSpec(text: string, maps = {}): ConfigSpec {
  const parsed = specOf(text, maps);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems, null, 1));
  return parsed.spec;
}

function convert(
  spec: ConfigSpec,
  text: string,
  more: {
    env?: Record<string, boolean>;
    before?: string;
    source?: string;
    target?: string;
    maps?: Record<string, Record<string, string>>;
    rows?: Record<string, readonly Doc[]>;
    schema?: string;
  } = {},
): Converted & { text: string; codes: string[] } {
  const env = { strict: false, fallback: true, ...more.env };
  const expressions = new Expressions({ env, constants: {}, run: { id: 'r', startedAt: '' } });
  const templateDoc = parseDocument(templates, 'toml').doc;
  const source = more.source ?? spec.source.file ?? 'config.json';
  const target = more.target ?? spec.target.file ?? source;
  const names = { doc: null, result: null, file: null };
  const unknown =
    typeof spec.fate.unknown === 'string' ? spec.fate.unknown : expressions.evaluate(spec.fate.unknown, names);
  const converted = convertFile(
    {
      source: { path: source, bytes: new TextEncoder().encode(text), format: formatOf(source) ?? 'json' },
      target: {
        path: target,
        before: more.before === undefined ? null : new TextEncoder().encode(more.before),
        format: formatOf(target) ?? 'json',
      },
      rows: new Map(Object.entries(more.rows ?? {}).map(([name, rows]) => [name, rows.filter(isDocObject)])),
    },
    {
      spec,
      expressions,
      templates: isDocObject(templateDoc)
        ? new Map(
            [['templates/models.toml', templateDoc]].map(([name, doc]) => [
              String(name),
              Object.fromEntries(Object.entries(doc as object)),
            ]),
          )
        : new Map(),
      maps: more.maps ?? {},
      strict: typeof spec.strict === 'boolean' ? spec.strict : expressions.evaluate(spec.strict, names) === true,
      unknown: unknown as 'warning',
      schema: more.schema === undefined ? null : schemaCheck(more.schema),
    },
  );
  return {
    ...converted,
    text: converted.bytes ? new TextDecoder().decode(converted.bytes) : '',
    codes: converted.findings.map(({ severity, category }) => `${severity} ${category}`),
  };
}

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const simple = (set: string, more = '') =>
  goodSpec(
    `source = { connection = "app", file = "config.json" }\ntarget = { connection = "app", file = "out.json" }\n${more}\n[set]\n${set}\n`,
  );

describe('system B', () => {
  const spec = goodSpec(read('agent-framework.toml'));
  const get = (converted: { text: string }, path: string) =>
    docText(valueAt(parseDocument(converted.text, 'json').doc, path.split('.')));

  it('makes structured settings of flat ones, with defaults for what is missing', () => {
    const done = convert(
      spec,
      '{"planner_model": "openai/gpt-4", "code_model": "llama", "temperature": 0, "use_rag": false, "custom": {"a": 1}, "max_topic_concurrency": 3}',
    );
    expect(get(done, 'planner_model')).toBe(
      '{"provider": "openai", "model_name": "openai/gpt-4", "temperature": 0.0, "max_tokens": 4000, "timeout": 30}',
    );
    expect(get(done, 'code_model.provider')).toBe('"openrouter"');
    expect(get(done, 'code_model.model_name')).toBe('"openrouter/llama"');
    expect(get(done, 'helper_model.model_name')).toBe('"openrouter/anthropic/claude-3.5-sonnet"');
    expect(get(done, 'rag_config.enabled')).toBe('false');
    expect(get(done, 'rag_config.cache_ttl')).toBe('3600');
    expect(get(done, 'use_langfuse')).toBe('true');
    expect(get(done, 'custom.a')).toBe('1');
    expect(done.codes).toEqual(['warning deprecated_key']);
    const fates = Object.fromEntries(done.fates.map(({ key, fate }) => [key, fate]));
    expect(fates).toMatchObject({
      planner_model: 'mapped',
      use_rag: 'mapped',
      'custom.a': 'kept',
      max_topic_concurrency: 'deprecated',
    });
  });

  it('takes models that are objects already', () => {
    const done = convert(spec, '{"planner_model": {"provider": "p", "model_name": "p/m", "temperature": 0.1}}');
    expect(get(done, 'planner_model')).toBe(
      '{"provider": "p", "model_name": "p/m", "temperature": 0.1, "max_tokens": 4000, "timeout": 30}',
    );
  });

  it('reads YAML and writes YAML', () => {
    const done = convert(spec, 'use_rag: false\noutput_dir: out # here\n', { source: 'a.yaml' });
    expect(valueAt(parseDocument(done.text, 'yaml').doc, ['output_dir'])).toBe('out');
  });

  it('makes warnings errors under strict, and writes nothing then', () => {
    const done = convert(spec, '{"max_topic_concurrency": 3}', { env: { strict: true } });
    expect(done.codes).toEqual(['error deprecated_key']);
    expect(done.bytes).toBeNull();
  });
});

describe('system A', () => {
  const spec = goodSpec(read('model-orchestrator.toml'));
  const config =
    '{"models": {"t2v_model": "t2v-A14B", "ti2v_model": "Wan2.2-TI2V-5B"}, "optimization": {"max_vram_usage_gb": 24}, "ui": {"theme": "dark"}, "strange": 1}';

  it('makes the manifest from data of the bundle and the files of another step', () => {
    const files: Doc[] = [
      docObject([
        ['model', 't2v-A14B@2.2.0'],
        ['path', 'vae/a.safetensors'],
        ['size', 5n],
        ['sha256', 'ab'],
        ['component', 'vae'],
        ['shard_part', null],
      ]),
      docObject([
        ['model', 'other'],
        ['path', 'x'],
      ]),
    ];
    const done = convert(spec, config, { rows: { weights: files } });
    expect(done.text).toBe(
      `schema_version = 1\n\n[models."t2v-A14B@2.2.0"]\ndescription = "Text"\nversion = "2.2.0"\ndefault_variant = "fp16"\n\n[models."t2v-A14B@2.2.0".defaults]\nfps = 24\nprecision = "fp16"\n\n[models."t2v-A14B@2.2.0".vram_estimation]\nbase_vram_gb = 24\n\n[[models."t2v-A14B@2.2.0".files]]\npath = "vae/a.safetensors"\nsize = 5\nsha256 = "ab"\ncomponent = "vae"\n\n[models."ti2v-5b@2.2.0"]\ndefault_variant = "fp16"\nfiles = []\n\n[models."ti2v-5b@2.2.0".defaults]\nprecision = "fp16"\n\n[models."ti2v-5b@2.2.0".vram_estimation]\nbase_vram_gb = 24\n`,
    );
    expect(done.codes).toEqual(['warning unknown_key']);
    expect(done.fates.map(({ key, fate }) => `${key} ${fate}`)).toEqual([
      'models.t2v_model mapped',
      'models.ti2v_model mapped',
      'optimization.max_vram_usage_gb mapped',
      'ui.theme kept',
      'strange unknown',
    ]);
  });

  it('asks about a model that nobody named, and refuses unknown keys under strict', () => {
    expect(convert(spec, '{"models": {"t2v_model": "my-own"}}').codes).toEqual(['error unknown_name']);
    expect(convert(spec, config, { env: { strict: true } }).codes).toEqual(['error unknown_key']);
  });

  it('keeps what stands in a manifest already, comments too', () => {
    const before = '# ours\nschema_version = 1\n\n[models."mine@1"] # own\nversion = "1"\n';
    const done = convert(spec, '{"models": {"i2v_model": "i2v-A14B"}}', { before });
    expect(done.text).toContain('# ours\nschema_version = 1\n\n[models."mine@1"] # own\nversion = "1"\n');
    expect(valueAt(parseDocument(done.text, 'toml').doc, ['models', 'i2v-A14B@2.2.0', 'default_variant'])).toBe('fp16');
  });
});

describe('rules', () => {
  it('move in place and leave the rest as it stands', () => {
    const spec = goodSpec(
      'source = { connection = "app", file = "c.yaml" }\ntarget = { connection = "app", exists = "replace" }\nstart = "source"\nmove = { "old.name" = "new" }\nfate = { deprecated = { gone = "No use." } }\n',
    );
    const done = convert(spec, '# head\nold:\n  name: x # why\n  b: 2\ngone: 1\nlist: [1,   2]\n', {
      source: 'c.yaml',
    });
    expect(done.text).toBe('# head\nold:\n  b: 2\nlist: [1,   2]\nnew: x\n');
    expect(done.fates.map(({ key, fate }) => `${key} ${fate}`)).toEqual([
      'old.name mapped',
      'old.b kept',
      'gone deprecated',
      'list[0] kept',
      'list[1] kept',
    ]);
    expect(done.changes).toEqual([
      { key: 'gone', from: '1', to: null },
      { key: 'old.name', from: '"x"', to: null },
      { key: 'new', from: null, to: '"x"' },
    ]);
  });

  it('map values, cast exactly, take defaults, or refuse by name', () => {
    const maps = { levels: { low: 'L' } };
    const base =
      'source = { connection = "app", file = "c.json" }\ntarget = { connection = "app", file = "o.json" }\n[set]\n';
    const spec = goodSpec(
      `${base}a = { from = "a", map = "levels" }\nb = { from = "b", cast = "int64" }\nc = { from = "c", required = true }\n"d.e" = { from = "d", default = [1, { x = "y" }] }\n`,
      maps,
    );
    expect(convert(spec, '{"a": "low", "b": "12", "c": 1}', { maps, source: 'c.json' }).text).toBe(
      '{\n  "a": "L",\n  "b": 12,\n  "c": 1,\n  "d": {\n    "e": [\n      1,\n      {\n        "x": "y"\n      }\n    ]\n  }\n}\n',
    );
    expect(convert(spec, '{"a": "high", "b": 1.5}', { maps, source: 'c.json' }).codes).toEqual([
      'error not_in_map',
      'error cast_failed',
      'error missing_required',
    ]);
  });

  it('take every entry of a list or table', () => {
    const spec = simple(
      '',
      'each = { items = "providers", into = ["by_name", "=item.name"], set = { "extra" = "=item.url + \'/v1\'" } }',
    );
    const done = convert(spec, '{"providers": [{"name": "a", "url": "http://a"}, {"name": "b", "url": "http://b"}]}');
    expect(valueAt(parseDocument(done.text, 'json').doc, ['by_name', 'b', 'extra'])).toBe('http://b/v1');
    expect(done.fates.every(({ fate }) => fate === 'mapped')).toBe(true);
  });

  it('tell an expression that fails, with the rule', () => {
    const done = convert(simple('a = "=doc.b.c + 1"'), '{"b": {}}');
    expect(done.codes).toEqual(['error rule_failed']);
    expect(done.findings[0]?.rule).toBe('steps.config.set.a');
  });

  it('refuse what the target cannot say, and say where it stands', () => {
    const spec = goodSpec(
      'source = { connection = "app", file = "c.json" }\ntarget = { connection = "app", file = "o.toml" }\ncopy = ["a"]\n',
    );
    const done = convert(spec, '{\n  "a": null\n}', { source: 'c.json' });
    expect(done.findings.map(({ category, path }) => [category, path])).toEqual([['not_held_null', 'c.json:2:3 / a']]);
    expect(done.bytes).toBeNull();
  });

  it('give the line of what cannot be read', () => {
    const done = convert(simple('a = 1'), '{"a": 1,\n"a": 2}');
    expect(done.findings.map(({ category, path }) => [category, path])).toEqual([['duplicate_key', 'config.json:2:1']]);
  });
});

describe('checks of the result', () => {
  it.each([
    ['{"x_path": "../../etc"}', 'error path_leaves_root'],
    ['{"api_key": "sk-123"}', 'warning secret_in_clear'],
    ['{"cmd": "$(rm -rf x)"}', 'warning executable_text'],
    ['{"__proto__": {"admin": true}}', 'error dangerous_key'],
    ['{"api_key": "$KEY"}', null],
  ])('%s', (text, code) => {
    const spec = goodSpec(
      'source = { connection = "app", file = "config.json" }\ntarget = { connection = "app" }\nstart = "source"\n',
    );
    expect(convert(spec, text).codes).toEqual(code === null ? [] : [code]);
  });

  it('essential keys keep their value, the schema holds', () => {
    const spec = simple('a = "=doc.a + 1"', 'essential = ["a"]');
    expect(convert(spec, '{"a": 1}').codes).toEqual(['error config_value_change']);
    const done = convert(simple('a = 1'), '{}', { schema: '{"required": ["b"]}' });
    expect(done.codes).toEqual(['error schema']);
  });
});

describe('where results go', () => {
  it.each([
    ['', 'conf/a.json', 'conf/a.json'],
    [', format = "toml"', 'conf/a.json', 'conf/a.toml'],
    [', folder = "new/"', 'conf/in/a.json', 'new/in/a.json'],
    [', folder = ".", format = "yaml"', 'conf/a.json', 'a.yaml'],
    [', folder = ".", format = "yaml"', 'conf/a.yml', 'a.yml'],
  ])('%s %s', (target, source, wanted) => {
    const spec = goodSpec(
      `source = { connection = "app", files = ["**/*"], root = "conf" }\ntarget = { connection = "app"${target} }\nstart = "source"\n`,
    );
    expect(targetOf(spec, source)).toBe(wanted);
  });
});

describe('the profile', () => {
  it('tells all that is wrong at once, with its line', () => {
    const parsed = specOf(
      'source = { connection = "ap", file = "/etc/passwd" }\ntarget = { connection = "app", file = "x" }\n[set]\na = "=nothing.b"\nb = { form = "x" }\nc = { from = "x", map = "none" }\n',
    );
    if (!('problems' in parsed)) throw new Error('accepted');
    expect(parsed.problems.map(({ line, key }) => `${line} ${key}`)).toEqual([
      '1 steps.config.source.connection',
      '1 steps.config.source.file',
      '1 steps.config.source.file',
      '2 steps.config.target.file',
      '4 steps.config.set.a',
      '5 steps.config.set.b.form',
      '6 steps.config.set.c.map',
    ]);
  });
});

describe('any document', () => {
  it('has a fate for each of its keys, and what stays is the same', () => {
    const spec = goodSpec(
      'source = { connection = "app", file = "config.json" }\ntarget = { connection = "app" }\nstart = "source"\nmove = { "a" = "b.c" }\nallow = ["*"]\n',
    );
    const value: fc.Arbitrary<Doc> = fc.oneof(fc.string(), fc.bigInt(-1000n, 1000n), fc.boolean(), fc.constant(null));
    const table = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd e', 'f'),
      fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.dictionary(fc.constantFrom('c', 'x'), value)),
    );
    fc.assert(
      fc.property(table, (given) => {
        const doc = docObject(
          Object.entries(given).map(([key, inner]) => [
            key,
            isDocObject(inner) ? docObject(Object.entries(inner)) : inner,
          ]),
        );
        const done = convert(spec, writeDocument(doc, 'json'));
        expect(done.fates.map(({ key }) => key).length).toBe(
          [...leavesOf(doc)].filter(({ path }) => path.length > 0).length,
        );
        if (!done.bytes) return;
        const result = parseDocument(done.text, 'json').doc;
        for (const key of ['c', 'd e', 'f']) expect(sameDoc(valueAt(result, [key]), valueAt(doc, [key]))).toBe(true);
        expect(done.fates.filter(({ fate }) => fate === 'unknown')).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
