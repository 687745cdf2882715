import { Fault } from '../fault.ts';
import type { ConvertSpec } from '../types.ts';

/** One object per reason, so that a fault costs nothing. */
export const faults = {
  nul: new Fault('nul_in_text', 'The text holds a NUL character, which the target cannot hold'),
  tooLong: new Fault('too_long', 'The value is longer than the column of the target'),
  outOfRange: new Fault('out_of_range', 'The value is outside the range of the type in the target'),
  notInteger: new Fault('not_an_integer', 'The number has a fraction, the column of the target holds integers'),
  tooPrecise: new Fault('too_precise', 'The value has more digits after the point than the column of the target'),
  inexact: new Fault('inexact', 'The number would lose digits in the type of the target'),
  textForNumber: new Fault('text_for_number', 'The value is text, the column holds numbers'),
  bytesForNumber: new Fault('bytes_for_number', 'The value is bytes, the column holds numbers'),
  bytesForText: new Fault('bytes_for_text', 'The value is bytes, the column holds text'),
  textForBytes: new Fault('text_for_bytes', 'The value is text, the column holds bytes'),
  numberForBytes: new Fault('number_for_bytes', 'The value is a number, the column holds bytes'),
  notBoolean: new Fault('not_boolean', 'The value is neither true nor false, neither 1 nor 0'),
  nan: new Fault('nan', 'The value is NaN, which the target cannot hold'),
  infinite: new Fault('infinite', 'The value is infinite, which the target cannot hold'),
  negativeZero: new Fault('negative_zero', 'The value is -0, which the target turns into 0'),
  zeroDate: new Fault('zero_date', 'The date is 0000-00-00, which the target cannot hold'),
  partialDate: new Fault('partial_date', 'The date has no month or no day, which the target cannot hold'),
  notTime: new Fault('not_a_time', 'The text is not a date or time of the form of the column'),
  numberForTime: new Fault('number_for_time', 'The value is a number, the column holds dates or times'),
  hasZone: new Fault('has_zone', 'The time names a zone, which the column of the target does not keep'),
  noZone: new Fault('no_zone', 'The time names no zone, and the column of the target needs one'),
  hasTime: new Fault('has_time', 'The value has a time of day, the column of the target holds dates'),
  timeOutOfRange: new Fault(
    'time_out_of_range',
    'The time is outside of a day, the column of the target holds times of day',
  ),
  blankLabel: new Fault('blank_label', 'The value is the empty text that MySQL keeps for an invalid label'),
  notLabel: new Fault('not_a_label', 'The value is none of the labels of the column'),
  notJson: new Fault('not_json', 'The text is not JSON'),
  duplicateKeys: new Fault('duplicate_keys', 'The JSON has a key twice, the target keeps only the last one'),
  nulInJson: new Fault('nul_in_json', 'The JSON holds the character \\u0000, which the target cannot hold'),
  notUuid: new Fault('not_a_uuid', 'The value is not a UUID'),
  trailingBlanks: new Fault('trailing_blanks', 'The text ends with blanks, which the type of the target drops'),
  arrayBounds: new Fault('array_bounds', 'The array has bounds of its own, which a list cannot keep'),
  wrongClass: new Fault('wrong_class', 'The value has another type than its column'),
} as const;

/** Null, where the rule says so and the column takes it, else the fault. */
export function orNull(spec: ConvertSpec, action: string | undefined, fault: Fault): Fault | null {
  return action === 'null' && spec.nullable ? null : fault;
}
