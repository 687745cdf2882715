import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocFault, type DocFormat, formatOf } from './document.ts';
import { defaultNotHeld, fitDocument } from './fit.ts';
import { editDocument, holds, parseDocument, writeDocument } from './index.ts';
import { decodeDocument, encodeDocument, withNewlines } from './text.ts';
import { type Doc, DocNumber, DocTime, docObject, isDocObject, sameDoc, valueAt } from './tree.ts';

const formats = ['json', 'yaml', 'toml', 'env'] as const;

function faultOf(text: string, format: DocFormat, limits = { bytes: 1000, depth: 100, values: 10_000 }): DocFault {
  try {
    parseDocument(text, format, { limits });
  } catch (error) {
    if (error instanceof DocFault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function edited(text: string, format: DocFormat, change: (doc: { [key: string]: Doc }) => void) {
  const base = parseDocument(text, format);
  if (!isDocObject(base.doc)) throw new Error('not a table');
  const doc = docObject(Object.entries(base.doc));
  change(doc);
  return editDocument(base, doc);
}

describe('what is read', () => {
  it('keeps integers of 64 bits, and 1 apart from 1.0', () => {
    for (const [format, text] of [
      ['json', '{"a": 9223372036854775807, "b": 1.0, "c": 1}'],
      ['yaml', 'a: 9223372036854775807\nb: 1.0\nc: 1\n'],
      ['toml', 'a = 9223372036854775807\nb = 1.0\nc = 1\n'],
    ] as const) {
      const { doc } = parseDocument(text, format);
      expect(valueAt(doc, ['a'])).toBe(9223372036854775807n);
      expect(valueAt(doc, ['b'])).toBe(1);
      expect(valueAt(doc, ['c'])).toBe(1n);
      expect(holds(writeDocument(doc, format), format, doc)).toBe(true);
    }
  });

  it('keeps numbers that no float holds, and times to the nanosecond', () => {
    expect(valueAt(parseDocument('{"a": 1.00000000000000000001}', 'json').doc, ['a'])).toEqual(
      new DocNumber('1.00000000000000000001'),
    );
    const { doc } = parseDocument('at = 1979-05-27T07:32:00.123456789Z\n[t]\nd = [1979-05-27]\n', 'toml');
    expect(valueAt(doc, ['at'])).toEqual(new DocTime('1979-05-27T07:32:00.123456789Z'));
    expect(writeDocument(doc, 'toml')).toBe('at = 1979-05-27T07:32:00.123456789Z\n\n[t]\nd = [1979-05-27]\n');
  });

  it('takes comments and trailing commas in JSON, quotes and export in .env', () => {
    expect(sameDoc(parseDocument('{ // why\n "a": [1,], }', 'json').doc, docObject([['a', [1n]]]))).toBe(true);
    const env = parseDocument('# head\nexport A = "x\\ny" # why\nB=plain # why\nC=\'raw \\n\'\n', 'env').doc;
    expect(Object.entries(env as object)).toEqual([
      ['A', 'x\ny'],
      ['B', 'plain'],
      ['C', 'raw \\n'],
    ]);
  });

  it('tells what YAML 1.1 readers take for true and false', () => {
    const { doc, notes } = parseDocument('country: no\nport: 012\n', 'yaml');
    expect(valueAt(doc, ['country'])).toBe('no');
    expect(notes.map(({ code, place }) => [code, place?.line])).toContainEqual(['norway', 1]);
    expect(valueAt(parseDocument('country: no\n', 'yaml', { yaml: '1.1' }).doc, ['country'])).toBe(false);
    expect(writeDocument(docObject([['country', 'no']]), 'yaml')).toBe('country: "no"\n');
  });

  it('resolves anchors and merge keys, and says so', () => {
    const { doc, notes } = parseDocument('base: &b {a: 1, b: 2}\nnext: {<<: *b, b: 3}\n', 'yaml');
    expect(
      sameDoc(
        valueAt(doc, ['next']),
        docObject([
          ['b', 3n],
          ['a', 1n],
        ]),
      ),
    ).toBe(true);
    expect(notes.map(({ code }) => code)).toEqual(['merge_key', 'alias']);
  });

  it('knows where things stand', () => {
    expect(parseDocument('{\n  "a": {\n    "b": 1\n  }\n}', 'json').at(['a', 'b'])).toEqual({ line: 3, column: 5 });
    expect(parseDocument('a:\n  b: 1\n', 'yaml').at(['a', 'b'])).toEqual({ line: 2, column: 3 });
    expect(parseDocument('[a]\nb = 1\n', 'toml').at(['a', 'b'])).toEqual({ line: 2, column: 1 });
    expect(parseDocument('A=1\nB=2\n', 'env').at(['B'])).toMatchObject({ line: 2 });
  });

  it('knows formats by name', () => {
    expect(['a/config.json', 'x.YML', 'models.toml', '.env', '.env.local', 'notes.txt'].map(formatOf)).toEqual([
      'json',
      'yaml',
      'toml',
      'env',
      'env',
      null,
    ]);
  });
});

describe('what is refused, with its line', () => {
  it.each([
    ['json', '{"a": 1,\n "a": 2}', 'duplicate_key', 2],
    ['yaml', 'a: 1\na: 2\n', 'duplicate_key', 2],
    ['toml', 'a = 1\na = 2\n', 'duplicate_key', 2],
    ['env', 'A=1\nA=2\n', 'duplicate_key', 2],
    ['json', '{"a": \n', 'not_json', 2],
    ['json', '', 'not_json', 1],
    ['yaml', 'a: [1\nb: 2\n', 'not_yaml', 2],
    ['yaml', '', 'empty', 1],
    ['yaml', 'a: !!python/object:os.system x\n', 'tag', 1],
    ['yaml', 'a: 1\n---\nb: 2\n', 'several', 2],
    ['toml', 'a = 1\nb = \n', 'not_toml', 2],
    ['env', 'A=1\nnothing here\n', 'not_env', 2],
  ] as const)('%s %j', (format, text, code, line) => {
    const fault = faultOf(text, format);
    expect({ code: fault.code, line: fault.place?.line }).toEqual({ code, line });
  });

  it('deep nesting, before a parser that calls itself meets it', () => {
    const deep = '['.repeat(100_000);
    for (const format of ['json', 'toml'] as const) expect(faultOf(`${deep}`, format).code).toBe('too_deep');
    expect(faultOf(`a: ${deep}`, 'yaml').code).toBe('too_deep');
    const blocks = Array.from({ length: 150 }, (_, at) => `${' '.repeat(at)}k:`).join('\n');
    expect(faultOf(`${blocks} 1\n`, 'yaml').code).toBe('too_deep');
  });

  it('alias bombs', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [at, name] of [...'bcdefgh'].entries())
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${'abcdefgh'[at]}`).join(',')}]`);
    expect(faultOf(bomb.join('\n'), 'yaml').code).toBe('too_many_values');
  });

  it('bytes that are no text, and too many of them', () => {
    const code = (bytes: Uint8Array) => {
      try {
        decodeDocument(bytes, { bytes: 1000, depth: 10, values: 10 });
        return null;
      } catch (error) {
        return error instanceof DocFault ? `${error.code}:${error.place?.line}` : 'thrown';
      }
    };
    expect(code(new Uint8Array([0x61, 0x0a, 0xe9, 0x61]))).toBe('not_text:2');
    expect(code(new Uint8Array([0x61, 0x00]))).toBe('not_text:1');
    expect(code(new Uint8Array(1001))).toBe('too_large:undefined');
  });
});

describe('text', () => {
  it('comes back in the encoding it had', () => {
    for (const bytes of [
      new Uint8Array([0xef, 0xbb, 0xbf, 0x61]),
      new Uint8Array([0xff, 0xfe, 0x61, 0x00]),
      new Uint8Array([0xfe, 0xff, 0x00, 0x61]),
      new Uint8Array([0x61, 0x0d, 0x0a]),
    ]) {
      const form = decodeDocument(bytes);
      expect(encodeDocument(form.text, form)).toEqual(bytes);
    }
    expect(withNewlines('a\nb\r\n', '\r\n')).toBe('a\r\nb\r\n');
  });
});

describe('edits', () => {
  it('leave comments, order and formatting of JSON', () => {
    const text = '{\r\n\t// why\r\n\t"a" : 1, /* x */\r\n\t"list": [1,2,   3],\r\n\t"gone": true\r\n}\r\n';
    const { text: now, anew } = edited(text, 'json', (doc) => {
      doc.a = 9223372036854775807n;
      delete doc.gone;
      doc.b = docObject([['c', 1.5]]);
    });
    expect(anew).toBe(false);
    expect(now).toContain('// why\r\n\t"a" : 9223372036854775807, /* x */');
    expect(now).toContain('[1,2,   3]');
    expect(now.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('leave comments, order and formatting of YAML', () => {
    const text =
      "# head\na:   1   # one\n\nmap:\n    x: 'q'\n    y:  2 # two\nlist:\n- 1\n-   2\ngone: 1\nlast: {f:  1}\n";
    const { text: now, anew } = edited(text, 'yaml', (doc) => {
      doc.a = 2n;
      doc.map = docObject([
        ['x', "it's"],
        ['y', 2n],
        ['z', docObject([['k', [1n]]])],
      ]);
      doc.list = [1n, 2n, 'no'];
      delete doc.gone;
    });
    expect(now).toBe(
      "# head\na:   2   # one\n\nmap:\n    x: 'it''s'\n    y:  2 # two\n    z:\n      k:\n        - 1\nlist:\n- 1\n-   2\n- \"no\"\nlast: {f:  1}\n",
    );
    expect(anew).toBe(false);
  });

  it('leave comments and order of TOML and .env', () => {
    const toml = edited('# head\na = 1 # one\n\n[t] # two\nb = [1,   2]\n', 'toml', (doc) => {
      doc.a = 2n;
      doc.t = docObject([
        ['b', [1n, 2n]],
        ['c', 'x'],
      ]);
    });
    expect(toml).toEqual({ text: '# head\na = 2 # one\n\n[t] # two\nb = [1,   2]\nc = "x"\n', anew: false });
    const env = edited('# head\nexport A=1 # one\nB="x y"\n', 'env', (doc) => {
      doc.A = 'two words';
      delete doc.B;
      doc.C = '3';
    });
    expect(env).toEqual({ text: '# head\nexport A="two words" # one\nC=3\n', anew: false });
  });

  it('change nothing where nothing changed', () => {
    for (const [format, text] of [
      ['json', '{"a":1 }'],
      ['yaml', 'a:    1\n\n\n# end'],
      ['toml', 'a   =   1.0'],
      ['env', 'A = 1'],
    ] as const)
      expect(edited(text, format, () => undefined)).toEqual({ text, anew: false });
  });
});

const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('a', 'b', 'no', 'x y', '1', 'a.b', '#'),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('no', 'null', '1', '0x1', '~', '- a', 'a: b', "it's", ' x ', '1:30', '2020-01-01', '\t', 'a\r\nb'),
);
const scalar = (nulls: boolean) =>
  fc.oneof(
    text,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    ...(nulls ? [fc.constant(null)] : []),
  );
const tree = (nulls: boolean): fc.Arbitrary<Doc> =>
  fc.letrec<{ doc: Doc }>((tie) => ({
    doc: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar(nulls) as fc.Arbitrary<Doc>,
      fc.array(tie('doc'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('doc')), { maxLength: 4 }).map((entries) => docObject(entries)),
    ),
  })).doc;
const table = (nulls: boolean) =>
  fc
    .array(
      fc.tuple(
        key.filter((name) => name !== '__proto__'),
        tree(nulls),
      ),
      { maxLength: 5 },
    )
    .map((entries) => docObject(entries));

describe('any document', () => {
  it.each(['json', 'yaml', 'toml'] as const)('is written as %s and reads back the same', (format) => {
    fc.assert(
      fc.property(table(format !== 'toml'), (doc) => {
        const fit = fitDocument(doc, format, { ...defaultNotHeld, null: 'drop' });
        fc.pre(fit.unfit.every(({ rule }) => rule !== null));
        expect(holds(writeDocument(fit.doc, format), format, fit.doc)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each(formats)('of %s is edited to any other', (format) => {
    const flat = fc.dictionary(
      fc.stringMatching(/^[A-Z][A-Z_]{0,5}$/),
      text.filter((one) => !/\p{Surrogate}/u.test(one)),
    );
    const any: fc.Arbitrary<Doc> =
      format === 'env' ? flat.map((doc) => docObject(Object.entries(doc))) : table(format !== 'toml');
    fc.assert(
      fc.property(any, any, (from, to) => {
        fc.pre(
          [from, to].every((doc) => fitDocument(doc, format, defaultNotHeld).unfit.every(({ rule }) => rule !== null)),
        );
        const base = parseDocument(writeDocument(from, format), format);
        const { text: now } = editDocument(base, to);
        expect(sameDoc(parseDocument(now, format).doc, to)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('what a format cannot say', () => {
  it('is told with the rule that settles it, or refused', () => {
    const doc = docObject([
      ['a', null],
      ['b', new DocTime('1979-05-27')],
      ['c', 2n ** 53n + 1n],
    ]);
    const said = (format: DocFormat, rules = defaultNotHeld) =>
      fitDocument(doc, format, rules).unfit.map(({ path, rule }) => [path, rule]);
    expect(said('toml')).toEqual([['a', null]]);
    expect(said('toml', { ...defaultNotHeld, null: 'drop' })).toEqual([['a', 'not_held.null = "drop"']]);
    expect(said('json')).toEqual([
      ['b', 'not_held.time = "text"'],
      ['c', 'not_held.big_integer = "keep"'],
    ]);
  });
});
