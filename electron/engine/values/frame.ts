import type { Row } from '#shared/model/value.ts';

/** What is in reach while one row is built. One frame serves a whole block; evaluators read it and never keep it. */
export type Frame = {
  row: Row;
  /** Found row of each lookup of the mapping, as [on..., take...]; null when there is none. */
  readonly lookups: (Row | null)[];
  /** Item of a fan-out, a JSON value. */
  item: unknown;
  index: number;
  /** Why the last evaluator returned `failed`. */
  fault: Fault;
};

export type Fault = {
  readonly code: string;
  readonly message: string;
  readonly column: string | null;
  /** Profile key. */
  readonly rule: string;
};

/** Returned in place of a value, since throwing for each bad value would cost too much. `frame.fault` says why. */
export const failed: unique symbol = Symbol('failed');
export type Failed = typeof failed;

/** Gives a JSON or canonical value. */
export type Evaluate = (frame: Frame) => unknown;

export function fail(frame: Frame, fault: Fault): Failed {
  frame.fault = fault;
  return failed;
}

export function newFrame(lookups: number): Frame {
  const fault = { code: '', message: '', column: null, rule: '' };
  return { row: [], lookups: new Array<Row | null>(lookups).fill(null), item: null, index: 0, fault };
}
