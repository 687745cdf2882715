import { type Doc, DocNumber, DocTime } from '../../documents/tree.ts';
import type { ConfigSpec } from './spec-types.ts';

/** What is stored of the plan of a `config` step. Plain JSON. */
export type ConfigPlan = {
  /** The rules and the rows of earlier steps, see `pack`. */
  readonly spec: string;
  readonly rows: string;
  /** Environment variables as they were when the plan was made. */
  readonly env: Readonly<Record<string, boolean | string>>;
  readonly strict: boolean;
  readonly unknown: 'warning' | 'error' | 'copy';
  readonly files: readonly PlannedFile[];
  /** Folders that are yet to be made, outer ones first. */
  readonly folders: readonly string[];
};

export type PlannedFile = {
  readonly source: string;
  readonly target: string;
  readonly sourceSha: string | null;
  /** Null: nothing is at the target. */
  readonly beforeSha: string | null;
  /** Null: the file is set aside. */
  readonly sha: string | null;
  readonly bytes: number;
  /** Why it is set aside. */
  readonly refused: { readonly code: string; readonly message: string; readonly rule: string | null } | null;
};

/** JSON that keeps integers apart from floats, and times from texts. */
export function pack(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return { $int: inner.toString() };
    if (inner instanceof DocTime) return { $time: inner.text };
    return inner instanceof DocNumber ? { $number: inner.text } : inner;
  });
}

/** Reads what `pack` wrote. */
function unpack(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Object.keys(inner).length !== 1) return inner;
    if ('$int' in inner) return BigInt(String(inner.$int));
    if ('$time' in inner) return new DocTime(String(inner.$time));
    return '$number' in inner ? new DocNumber(String(inner.$number)) : inner;
  });
}

export function specOf(plan: ConfigPlan): ConfigSpec {
  return unpack(plan.spec) as ConfigSpec;
}

export function rowsOf(plan: ConfigPlan): ReadonlyMap<string, readonly { readonly [key: string]: Doc }[]> {
  return new Map(unpack(plan.rows) as [string, { [key: string]: Doc }[]][]);
}
