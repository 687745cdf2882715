import { describe, expect, it } from 'vitest';
import { createFormat } from './format.ts';

const format = createFormat({ numberFormat: '1,234,567.8', timeZone: 'utc' });

describe('figures', () => {
  it('are written as the settings say', () => {
    expect(format.number(1234567)).toBe('1,234,567');
    expect(createFormat({ numberFormat: '1.234.567,8', timeZone: 'utc' }).number(1234567.84, 1)).toBe('1.234.567,8');
    expect(createFormat({ numberFormat: '1 234 567,8', timeZone: 'utc' }).number(-1234.5, 1)).toBe('-1\u202f234,5');
    expect(format.count(1, 'record')).toBe('1 record');
    expect(format.count(0, 'entry', 'entries')).toBe('0 entries');
  });

  it('never round a percentage up: 100 % is said only when all is done', () => {
    expect(format.percent(99_999, 100_000)).toBe('99 %');
    expect(format.percent(999_999, 1_000_000, 1)).toBe('99.9 %');
    expect(format.percent(100, 100)).toBe('100 %');
    expect(format.percent(0, 0)).toBe('0 %');
    expect(format.percent(29, 100)).toBe('29 %');
  });

  it('give sizes in decimal units with one decimal from MB on', () => {
    expect(format.bytes(999)).toBe('999 bytes');
    expect(format.bytes(18_000)).toBe('18 KB');
    expect(format.bytes(999_960)).toBe('1.0 MB');
    expect(format.bytes(24_600_000_000)).toBe('24.6 GB');
  });
});

describe('times', () => {
  it('are durations in sentences and clocks in columns', () => {
    expect(format.duration(0.041)).toBe('41 ms');
    expect(format.duration(0.42)).toBe('0.4 s');
    expect(format.duration(258)).toBe('4 min 18 s');
    expect(format.duration(7200)).toBe('2 h');
    expect(format.duration(3599.7)).toBe('1 h');
    expect(format.clock(0.31)).toBe('0.3 s');
    expect(format.clock(32)).toBe('32 s');
    expect(format.clock(258)).toBe('4:18');
    expect(format.clock(3661)).toBe('1:01:01');
  });

  it('are estimates with a range that holds the likely value', () => {
    expect(format.estimate({ low: 1740, likely: 2160, high: 2870 })).toBe('about 36 min (29 to 48)');
    expect(format.estimate({ low: 2.5, likely: 3.2, high: 4.9 })).toBe('about 3 s (2 to 5)');
    expect(format.estimate({ low: 0.1, likely: 0.2, high: 0.4 })).toBe('under 1 s');
  });

  it('are read in the zone of the settings, 24 h', () => {
    expect(format.time('2026-11-20T00:05:09Z')).toBe('00:05');
    expect(format.timeSeconds('2026-11-20T02:16:05Z')).toBe('02:16:05');
    expect(format.day('2026-09-05T02:16:05Z')).toBe('5 Sep');
    expect(format.dateTime('2026-11-12T01:30:00Z')).toBe('12 Nov 2026 01:30');
  });
});

describe('paths', () => {
  const own = createFormat({ numberFormat: '1,234,567.8', timeZone: 'utc', account: '/home/ops' });

  it('are written from the folder of the account on', () => {
    expect(own.path('/home/ops/migrations/shop')).toBe('~/migrations/shop');
    expect(own.path('/home/opsis/shop')).toBe('/home/opsis/shop');
    expect(own.wholePath('~/migrations/shop')).toBe('/home/ops/migrations/shop');
    expect(own.wholePath('~other/shop')).toBe('~other/shop');
  });

  it('stay whole where the account is not known, or is the root', () => {
    expect(createFormat({ numberFormat: '1,234,567.8', timeZone: 'utc' }).path('/home/ops/a')).toBe('/home/ops/a');
    expect(createFormat({ numberFormat: '1,234,567.8', timeZone: 'utc', account: '/' }).path('/data')).toBe('/data');
  });
});
