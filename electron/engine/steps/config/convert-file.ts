import { createHash } from 'node:crypto';
import type { Finding } from '#shared/model/finding.ts';
import { makeFinding } from '#shared/model/finding.ts';
import { DocFault, type DocFormat, type ParsedDocument, type Place } from '../../documents/document.ts';
import { fitDocument } from '../../documents/fit.ts';
import { editDocument, holds, parseDocument, type Rendered, writeDocument } from '../../documents/index.ts';
import { decodeDocument, encodeDocument, type TextForm, withNewlines } from '../../documents/text.ts';
import {
  type Doc,
  docPathText,
  docText,
  isDocObject,
  leavesOf,
  parseDocPath,
  sameDoc,
  valueAt,
} from '../../documents/tree.ts';
import { Builder } from './builder.ts';
import { checkSecurity } from './checks.ts';
import { type EffectiveChange, effectiveChanges } from './effective.ts';
import { fatesOf, type KeyFate } from './fates.ts';
import { mapDocument } from './map-document.ts';
import type { MapInput, MapProblem, Mapped, MapRules } from './map-types.ts';

export type FileInput = {
  readonly source: { readonly path: string; readonly bytes: Uint8Array; readonly format: DocFormat };
  readonly target: { readonly path: string; readonly before: Uint8Array | null; readonly format: DocFormat };
  readonly rows: MapInput['rows'];
};
export type ConvertRules = MapRules & {
  readonly strict: boolean;
  readonly unknown: 'warning' | 'error' | 'copy';
  /** Problems of a result against the JSON Schema; empty when it holds. */
  readonly schema: ((doc: Doc) => readonly { readonly path: string; readonly message: string }[]) | null;
};

/** What one file becomes. `bytes` null: an error stands among the findings, and nothing is written. */
export type Converted = {
  readonly source: string;
  readonly target: string;
  readonly bytes: Uint8Array | null;
  readonly sha256: string | null;
  readonly before: string;
  readonly after: string;
  readonly fates: readonly KeyFate[];
  readonly changes: readonly EffectiveChange[];
  readonly findings: readonly Finding[];
  /** Comments and formatting of what was there could not be kept. */
  readonly anew: boolean;
  readonly defaulted: readonly string[];
};

/** Converts one file. Pure, and the same bytes each time; what is wrong with the file is a finding, not an exception. */
export function convertFile(input: FileInput, rules: ConvertRules): Converted {
  try {
    return new Conversion(input, rules).run();
  } catch (error) {
    if (!(error instanceof DocFault)) throw error;
    return refused(input, [faultFinding(error, input.source.path)]);
  }
}

export function faultFinding(fault: DocFault, path: string): Finding {
  return makeFinding({
    severity: 'error',
    category: fault.code,
    message: `${fault.message}.`,
    path: placed(path, fault.place),
    suggestion: fault.advice,
  });
}

function placed(path: string, place: Place | null): string {
  return place === null ? path : `${path}:${place.line}:${place.column}`;
}

function refused({ source, target }: FileInput, findings: readonly Finding[]): Converted {
  return {
    source: source.path,
    target: target.path,
    bytes: null,
    sha256: null,
    before: '',
    after: '',
    fates: [],
    changes: [],
    findings,
    anew: false,
    defaulted: [],
  };
}

class Conversion {
  readonly #input: FileInput;
  readonly #rules: ConvertRules;
  readonly #findings: Finding[] = [];
  #parsed: ParsedDocument | null = null;

  constructor(input: FileInput, rules: ConvertRules) {
    this.#input = input;
    this.#rules = rules;
  }

  run(): Converted {
    const { source, target } = this.#input;
    const { spec } = this.#rules;
    const form = decodeDocument(source.bytes);
    const parsed = parseDocument(form.text, source.format, { yaml: spec.source.yaml });
    this.#parsed = parsed;
    for (const note of parsed.notes)
      this.#find('warning', note.code, `${note.message}.`, placed(source.path, note.place));
    const { base, baseForm } = this.#base(parsed, form);
    const mapped = mapDocument(
      {
        doc: parsed.doc,
        before: spec.target.exists === 'merge' && base && base !== parsed && isDocObject(base.doc) ? base.doc : null,
        file: { path: source.path, name: source.path.slice(source.path.lastIndexOf('/') + 1) },
        rows: this.#input.rows,
      },
      this.#rules,
    );
    const result = this.#copyUnknown(parsed.doc, mapped);
    const fates = fatesOf(parsed.doc, { ...mapped, result }, spec, this.#rules.unknown);
    this.#tellMapping(mapped, fates);
    const fit = fitDocument(result, target.format, spec.notHeld);
    for (const { path, what, rule, message, value } of fit.unfit)
      this.#find(rule === null ? 'error' : 'warning', `not_held_${what}`, `${message}.`, this.#keyPlace(path), {
        rule,
        oldValue: value,
      });
    this.#checkResult(parsed.doc, fit.doc);
    const rendered = this.#failed ? null : this.#render(base, fit.doc, target.format);
    const before = base?.text ?? '';
    const bytes = rendered && encodeDocument(rendered.text, baseForm);
    return {
      source: source.path,
      target: target.path,
      bytes,
      sha256: bytes && createHash('sha256').update(bytes).digest('hex'),
      before: before === '' ? form.text : before,
      after: rendered?.text ?? '',
      fates,
      changes: effectiveChanges(base?.doc ?? parsed.doc, fit.doc),
      findings: this.#findings,
      anew: rendered?.anew ?? false,
      defaulted: mapped.defaulted,
    };
  }

  get #failed(): boolean {
    return this.#findings.some(({ severity }) => severity === 'error');
  }

  /** The text that is edited: the source itself, what is merged with, or none. */
  #base(parsed: ParsedDocument, form: TextForm): { base: ParsedDocument | null; baseForm: TextForm } {
    const { target } = this.#input;
    const { spec } = this.#rules;
    if (spec.target.exists === 'merge' && target.before && spec.start === 'empty') {
      try {
        const there = decodeDocument(target.before);
        return { base: parseDocument(there.text, target.format), baseForm: there };
      } catch (error) {
        if (!(error instanceof DocFault)) throw error;
        this.#findings.push(faultFinding(error, target.path));
      }
    }
    const same = spec.start === 'source' && parsed.format === target.format;
    return { base: same ? parsed : null, baseForm: form };
  }

  #copyUnknown(doc: Doc, mapped: Mapped): Doc {
    if (this.#rules.unknown !== 'copy' || this.#rules.spec.start === 'source') return mapped.result;
    const { spec } = this.#rules;
    const open = fatesOf(doc, mapped, spec, 'warning').filter(({ fate }) => fate === 'unknown');
    if (open.length === 0) return mapped.result;
    const names = new Set(open.map(({ key }) => key));
    return withKeys(mapped.result, doc, names);
  }

  #tellMapping(mapped: Mapped, fates: readonly KeyFate[]): void {
    for (const { severity, code, path, message, suggestion, rule } of mapped.problems)
      this.#find(severity, code, `${message}.`, this.#keyPlace(path), { suggestion, rule });
    for (const { key, fate, advice } of fates) {
      if (fate === 'deprecated')
        this.#find('warning', 'deprecated_key', `The key \`${key}\` has no place in the result.`, this.#keyPlace(key), {
          suggestion: advice,
        });
      if (fate === 'unknown')
        this.#find(
          this.#rules.unknown === 'error' ? 'error' : 'warning',
          'unknown_key',
          `No rule names the key \`${key}\`.`,
          this.#keyPlace(key),
          {
            suggestion: 'Add a rule for it, or name it under `fate`.',
          },
        );
    }
  }

  #checkResult(source: Doc, result: Doc): void {
    const { spec, schema } = this.#rules;
    for (const { from, to } of spec.essential) {
      const [old, now] = [valueAt(source, from), valueAt(result, to)];
      if (old !== undefined && !sameDoc(old, now)) {
        const message = `The essential key \`${docPathText(to)}\` would change its value.`;
        this.#find('error', 'config_value_change', message, this.#keyPlace(docPathText(from)), {
          oldValue: docText(old),
          newValue: docText(now),
        });
      }
    }
    for (const problem of checkSecurity(result, spec)) this.#tellProblem(problem);
    for (const { path, message } of schema?.(result) ?? [])
      this.#find(
        'error',
        'schema',
        `The result does not satisfy its schema: ${message}.`,
        `${this.#input.target.path} / ${path}`,
      );
  }

  #tellProblem({ severity, code, path, message, suggestion, rule }: MapProblem): void {
    this.#find(severity, code, `${message}.`, this.#keyPlace(path), { suggestion, rule });
  }

  #render(base: ParsedDocument | null, doc: Doc, format: DocFormat): Rendered | null {
    const newline = base ? '\n' : newlineOf(this.#parsed?.text ?? '');
    const rendered = base
      ? editDocument(base, doc, { yaml: this.#rules.spec.source.yaml })
      : { text: withNewlines(writeDocument(doc, format), newline), anew: false };
    if (rendered.anew)
      this.#find(
        'warning',
        'comments_lost',
        'The file is written anew: its comments and formatting cannot be kept.',
        this.#input.target.path,
      );
    if (holds(rendered.text, format, doc, { yaml: base ? this.#rules.spec.source.yaml : '1.2' })) return rendered;
    this.#find(
      'error',
      'not_read_back',
      'The result would not read back as it is meant; nothing is written.',
      this.#input.target.path,
    );
    return null;
  }

  /** Where a key of the source stands; the file and the key when it is one of the result. */
  #keyPlace(key: string): string {
    const { path } = this.#input.source;
    const place = this.#parsed && key !== '' ? placeOf(this.#parsed, key) : null;
    return place ? `${path}:${place.line}:${place.column} / ${key}` : `${path} / ${key}`;
  }

  #find(
    severity: Finding['severity'],
    category: string,
    message: string,
    path: string,
    more: Partial<Finding> = {},
  ): void {
    const strict = this.#rules.strict && severity === 'warning';
    this.#findings.push(makeFinding({ severity: strict ? 'error' : severity, category, message, path, ...more }));
  }
}

/** The result with some leaves of the source, where they stood. */
function withKeys(result: Doc, source: Doc, names: ReadonlySet<string>): Doc {
  const builder = new Builder(result);
  for (const { path, value } of leavesOf(source)) {
    // A list is one value: its elements have no place of their own.
    const whole = path.findIndex((part) => typeof part === 'number');
    const at = whole < 0 ? path : path.slice(0, whole);
    if (names.has(docPathText(path))) builder.write(at, whole < 0 ? value : (valueAt(source, at) ?? null));
  }
  return builder.doc;
}

function placeOf(parsed: ParsedDocument, key: string): Place | null {
  const path = parseDocPath(key);
  return path && valueAt(parsed.doc, path) !== undefined ? parsed.at(path) : null;
}

function newlineOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
