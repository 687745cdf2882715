import { figure } from '#shared/model/figures.ts';
import type { ConvertSpec, PlannedColumn, TypeRule } from './types.ts';

/** One plain sentence: `12 values of orders.note contain NUL.` */
export function faultWords(table: string, column: string, code: string, count: number): string {
  const one = count === 1;
  const [single, many] = words[code] ?? ['does not fit the target', 'do not fit the target'];
  return `${figure(count)} ${one ? 'value' : 'values'} of ${table}.${column} ${one ? single : many}.`;
}

/** The same beside the name of the column: `12 contain NUL`. */
export function fewWords(code: string, count: number): string {
  const [single, many] = words[code] ?? ['does not fit the target', 'do not fit the target'];
  return `${figure(count)} ${count === 1 ? single : many}`;
}

const words: Readonly<Record<string, readonly [single: string, many: string]>> = {
  nul_in_text: ['contains NUL', 'contain NUL'],
  nul_in_json: ['holds the character \\u0000 in JSON', 'hold the character \\u0000 in JSON'],
  too_long: ['is longer than the column of the target', 'are longer than the column of the target'],
  out_of_range: ['is outside the range of the target', 'are outside the range of the target'],
  not_an_integer: ['has a fraction in a column of integers', 'have a fraction in a column of integers'],
  too_precise: ['has more digits after the point than the target', 'have more digits after the point than the target'],
  inexact: ['would lose digits', 'would lose digits'],
  text_for_number: ['is text in a column of numbers', 'are text in a column of numbers'],
  bytes_for_number: ['is bytes in a column of numbers', 'are bytes in a column of numbers'],
  bytes_for_text: ['is bytes in a column of text', 'are bytes in a column of text'],
  text_for_bytes: ['is text in a column of bytes', 'are text in a column of bytes'],
  number_for_bytes: ['is a number in a column of bytes', 'are numbers in a column of bytes'],
  not_boolean: ['is neither true nor false', 'are neither true nor false'],
  nan: ['is NaN', 'are NaN'],
  infinite: ['is infinite', 'are infinite'],
  negative_zero: ['is -0', 'are -0'],
  zero_date: ['is the date 0000-00-00', 'are the date 0000-00-00'],
  partial_date: ['is a date without month or day', 'are dates without month or day'],
  not_a_time: ['is no date or time', 'are no dates or times'],
  number_for_time: ['is a number in a column of times', 'are numbers in a column of times'],
  has_zone: ['names a time zone, which the target does not keep', 'name a time zone, which the target does not keep'],
  no_zone: ['names no time zone, which the target needs', 'name no time zone, which the target needs'],
  has_time: ['has a time of day in a column of dates', 'have a time of day in a column of dates'],
  time_out_of_range: ['is outside of a day', 'are outside of a day'],
  blank_label: ['is the blank of an invalid label', 'are the blank of an invalid label'],
  not_a_label: ['is none of the labels of the target', 'are none of the labels of the target'],
  not_json: ['is not JSON', 'are not JSON'],
  duplicate_keys: ['is JSON with a key that stands twice', 'are JSON with a key that stands twice'],
  not_a_uuid: ['is not a UUID', 'are not UUIDs'],
  trailing_blanks: ['ends with blanks, which the target drops', 'end with blanks, which the target drops'],
  array_bounds: ['is an array with bounds of its own', 'are arrays with bounds of their own'],
  wrong_class: ['has another type than its column', 'have another type than their column'],
};

/** The words of a rule that would settle a fault, as they stand in a profile: `nul = "remove"`. Empty when none would. */
export function settledBy({ convert }: Pick<PlannedColumn, 'convert'>, code: string): readonly string[] {
  return rulesFor(code, convert).map(([word, value]) => `${word} = "${value}"`);
}

type Word = readonly [word: keyof TypeRule, value: string];

function rulesFor(code: string, { from, to, nullable }: ConvertSpec): readonly Word[] {
  const wider = (type: string): Word => ['to', type];
  const text = { sqlite: 'TEXT', postgres: 'text', mysql: 'longtext' }[to.engine];
  switch (code) {
    case 'nul_in_text':
      return to.engine === 'postgres' ? [['nul', 'remove'], wider('bytea')] : [['nul', 'remove']];
    case 'too_long': {
      // A key of MySQL takes no long text, but up to 768 characters.
      const key = to.engine === 'mysql' && to.facts.family === 'text' && (to.facts.length ?? 0) < 768;
      const type = key ? 'varchar(768)' : to.facts.family === 'bytes' ? 'longblob' : text;
      return nullable ? [wider(type), ['outside', 'null']] : [wider(type)];
    }
    case 'out_of_range':
      return [...widerNumber(to.engine, to.facts.family, text), ['outside', 'null']];
    case 'too_precise':
      return to.facts.family === 'decimal' ? [wider(to.engine === 'postgres' ? 'numeric' : text)] : [wider(text)];
    case 'not_an_integer':
      return [wider({ sqlite: 'REAL', postgres: 'numeric', mysql: 'double' }[to.engine]), wider(text)];
    case 'inexact':
    case 'text_for_number':
    case 'not_json':
    case 'not_a_uuid':
    case 'trailing_blanks':
    case 'array_bounds':
    case 'wrong_class':
    case 'not_a_time':
    case 'has_time':
    case 'nul_in_json':
      return [wider(text)];
    case 'not_a_label':
      return [wider(text), ['outside', 'null']];
    case 'not_boolean':
      return [wider(to.engine === 'postgres' ? 'smallint' : 'INTEGER'), ['outside', 'true'], ['outside', 'null']];
    case 'bytes_for_text':
    case 'text_for_bytes':
      return [['bytes', 'utf8']];
    case 'nan':
      return [['nan', 'null']];
    case 'infinite':
      return [['infinite', 'null']];
    case 'negative_zero':
      return [['negative_zero', 'zero']];
    case 'zero_date':
      return to.engine === 'mysql'
        ? [
            ['zero', 'keep'],
            ['zero', 'null'],
          ]
        : [['zero', 'null'], wider(text)];
    case 'partial_date':
      return [['partial', 'first'], ['partial', 'null'], wider(text)];
    case 'number_for_time':
      return [['epoch', 'seconds'], ['epoch', 'milliseconds'], wider(text)];
    case 'has_zone':
      return to.engine === 'postgres' ? [['zone', 'utc'], wider('timestamptz')] : [['zone', 'utc'], wider(text)];
    case 'no_zone':
      return [['zone', 'utc'], wider(to.engine === 'sqlite' ? 'TIMESTAMP' : 'timestamp')];
    case 'time_out_of_range':
      return to.engine === 'postgres' ? [wider('interval'), wider('text')] : [wider(text)];
    case 'blank_label':
      return [
        ['blank', 'null'],
        ['blank', 'keep'],
      ];
    case 'duplicate_keys':
      return [['duplicate_keys', 'last'], wider(from.engine === to.engine ? text : 'json')];
    default:
      return [];
  }
}

function widerNumber(engine: string, family: string, text: string): readonly Word[] {
  if (family === 'int' || family === 'decimal') return [['to', engine === 'postgres' ? 'numeric' : text]];
  return [['to', text]];
}
