import type { Row } from '#shared/model/value.ts';
import { RowDigest } from '../../engine/values/digest.ts';
import { decodeValue, encodeValue } from '../../engine/values/encode.ts';
import type { OutputSpec } from '../rows.ts';

/** A key as text: JSON of its values, exact. */
export function keyText(key: Row): string {
  return JSON.stringify(key.map(encodeValue));
}

export function parseKey(text: string): Row {
  return (JSON.parse(text) as unknown[]).map(decodeValue);
}

/** Columns of an output that are compared: all but what the target numbers. */
export function comparedColumns(output: OutputSpec): string[] {
  return output.columns.filter((column) => !output.surrogate.includes(column));
}

export function digestOf(row: Row): string {
  return RowDigest.of([row]).toText();
}
