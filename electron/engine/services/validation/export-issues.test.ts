import { describe, expect, it } from 'vitest';
import { csvLine } from './export-issues.ts';

describe('a line of the table of issues', () => {
  it('leaves absent cells empty and writes figures as they are', () => {
    expect(csvLine(['error', null, 12])).toBe('error,,12\r\n');
  });

  it('quotes commas, quotes and line ends', () => {
    expect(csvLine(['a, "b"', 'two\nlines'])).toBe('"a, ""b""","two\nlines"\r\n');
  });

  it.each(['=HYPERLINK("x")', '+1', '-1', '@SUM(A1)'])('%s is no formula when a spreadsheet opens it', (value) => {
    expect(csvLine([value])).toMatch(/^"?'/);
  });
});
