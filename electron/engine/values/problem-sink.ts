import type { ASTNode } from '@marcbachmann/cel-js';
import type { CanonicalType } from '#shared/model/value.ts';
import { didYouMean } from '../profile/suggest.ts';
import { columnOf, type Expression, type ExpressionProblem } from './expression.ts';
import type { MappingProblem } from './mapping-types.ts';
import { sentence } from './sentence.ts';

/** Gathers what keeps a mapping from fitting its source and target, and which source columns it uses. */
export class ProblemSink {
  readonly found: MappingProblem[] = [];
  readonly used = new Set<string>();
  readonly #types: ReadonlyMap<string, CanonicalType | null>;

  /** `types` has every source column that may be used; null for an optional one that is not there. */
  constructor(types: ReadonlyMap<string, CanonicalType | null>) {
    this.#types = types;
  }

  add(problem: Omit<MappingProblem, 'table' | 'column'> & Partial<MappingProblem>): void {
    this.found.push({ table: null, column: null, ...problem, message: sentence(problem.message) });
  }

  expression(key: string, { message, advice }: ExpressionProblem): void {
    this.add({ code: 'expression', key, message: `The expression does not compile: ${message}`, advice });
  }

  /** Notes the columns that an expression reads, and what it may not do with them. */
  check(key: string, { ast, columns }: Expression): void {
    for (const column of columns ?? this.#types.keys()) this.use(column, key);
    const column = computedOpaque(ast, (name) => isOpaque(this.#types.get(name)));
    if (column === null) return;
    this.add({
      code: 'opaque_in_expression',
      key,
      column,
      message: `The column ${column} holds decimals or unsigned 64-bit integers, with which an expression cannot compute exactly`,
      advice: `Carry it as it is ("=row.${column}"), compare it with null, or use string().`,
    });
  }

  use(column: string, key: string): void {
    this.used.add(column);
    if (this.#types.has(column)) return;
    this.add({
      code: 'unknown_source_column',
      key,
      column,
      message: `The source has no column ${column}`,
      advice: didYouMean(column, this.#types.keys()) ?? 'Where older sources lack it, name it in source.optional.',
    });
  }
}

function isOpaque(type: CanonicalType | null | undefined): boolean {
  return type?.t === 'decimal' || type?.t === 'uint64';
}

const passing: ReadonlySet<string> = new Set(['string', 'text', 'get']);

/** A column that is opaque and not merely passed on, compared with null, or turned into text; null when there is none. */
function computedOpaque(node: ASTNode, opaque: (column: string) => boolean): string | null {
  switch (node.op) {
    case '?:':
      return firstOf(node.args, (part) => computedOpaque(part, opaque));
    case '==':
    case '!=':
      if (node.args.some((part) => part.op === 'value' && part.args === null)) return null;
      break;
    case 'call':
      if (passing.has(node.args[0])) return firstOf(node.args[1], (part) => computedOpaque(part, opaque));
      break;
    default:
  }
  if (columnOf(node) !== null) return null;
  for (const part of partsOf(node.args)) {
    const column = columnOf(part);
    if (column !== null && opaque(column)) return column;
    const inside = computedOpaque(part, opaque);
    if (inside !== null) return inside;
  }
  return null;
}

function firstOf<T, R>(parts: readonly T[], find: (part: T) => R | null): R | null {
  for (const part of parts) {
    const found = find(part);
    if (found !== null) return found;
  }
  return null;
}

function partsOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(partsOf);
  return args !== null && typeof args === 'object' && 'op' in args ? [args as ASTNode] : [];
}
