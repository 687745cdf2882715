import { type Expression, parseExpression } from '../../values/expression.ts';
import type { ReadEnv } from '../step-kind.ts';
import { type FileNames, fileNames, filesScope } from './scope.ts';
import { leavesFolder } from './spec.ts';
import type { FilesSpec, TextRule } from './spec-types.ts';

/** `leave`: the file stays where it is. */
export type Named =
  | { readonly kind: 'named'; readonly target: string; readonly model: string | null }
  | { readonly kind: 'leave' }
  | { readonly kind: 'unknown_name'; readonly name: string; readonly rule: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly rule: string };

/** Gives files their new names; expressions are compiled once. */
export class Naming {
  readonly #spec: FilesSpec;
  readonly #env: Pick<ReadEnv, 'constants' | 'run'>;
  readonly #compiled = new Map<string, Expression>();

  constructor(spec: FilesSpec, env: Pick<ReadEnv, 'constants' | 'run'>) {
    this.#spec = spec;
    this.#env = env;
  }

  /** `path` is relative to the source's connection. */
  of(path: string, bytes: number): Named {
    const { source, target, into, model: rule, names, unknownName } = this.#spec;
    const file = fileNames(source.root === '' ? path : path.slice(source.root.length + 1), bytes);
    let model: string | null = null;
    if (rule !== null) {
      const found = this.#text(rule, { file });
      if (typeof found !== 'string') return found ?? { kind: 'leave' };
      model = names && Object.hasOwn(names, found) ? (names[found] ?? found) : found;
      const known = names === null || Object.hasOwn(names, found) || Object.values(names).includes(found);
      if (!known && unknownName === 'leave') return { kind: 'leave' };
      if (!known && unknownName === 'ask') return { kind: 'unknown_name', name: found, rule: rule.key };
    }
    const found = this.#text(into, { file, model });
    if (typeof found !== 'string') return found ?? { kind: 'leave' };
    const below = cleaned(found);
    if (below === null) {
      const message = `${path} would become \`${found}\`, which leaves the folder of the target or names no file.`;
      return { kind: 'refused', code: 'path_leaves_root', message, rule: into.key };
    }
    if (isTooLong(below)) {
      const message = `${path} would get a name that is longer than file systems take.`;
      return { kind: 'refused', code: 'name_too_long', message, rule: into.key };
    }
    return { kind: 'named', target: target.folder === '' ? below : `${target.folder}/${below}`, model };
  }

  #text(rule: TextRule, names: { readonly file: FileNames; readonly model?: string | null }): string | null | Refused {
    if (rule.kind === 'literal') return rule.text;
    const { constants, run } = this.#env;
    try {
      const value: unknown = this.#expression(rule).evaluate({
        ...names,
        constants,
        run: { id: run.id, started_at: run.startedAt },
      });
      if (value === null || typeof value === 'string') return value;
      return refused(rule, `The rule ${rule.key} gives no text for ${String(names.file.path)}.`);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      return refused(rule, `The rule ${rule.key} fails for ${String(names.file.path)}: ${reason}`);
    }
  }

  #expression({ key, text }: TextRule): Expression {
    const known = this.#compiled.get(key);
    if (known) return known;
    const withModel = this.#spec.model !== null && key === this.#spec.into.key;
    const parsed = parseExpression(text, filesScope(Object.keys(this.#env.constants), withModel));
    if ('problem' in parsed) throw new Error(`An expression of the plan does not compile: ${parsed.problem.message}`);
    this.#compiled.set(key, parsed.expression);
    return parsed.expression;
  }
}

type Refused = Extract<Named, { readonly kind: 'refused' }>;

function refused({ key }: TextRule, message: string): Refused {
  return { kind: 'refused', code: 'rule_failed', message, rule: key };
}

/** Null for what leaves the folder or ends in none of its files. */
function cleaned(path: string): string | null {
  if (path.includes('\0') || leavesFolder(path)) return null;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.length === 0 || path.endsWith('/') || parts[0] === '.overland' ? null : parts.join('/');
}

/** A name may have 255 bytes; of the 4,096 of a path the folder of the connection takes its part. */
function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > 3_000 || path.split('/').some((part) => Buffer.byteLength(part) > 255);
}
