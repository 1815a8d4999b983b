import { describe, expect, it } from 'vitest';
import { parseDate, parseNumber } from './entry';

describe('numbers as people type them', () => {
  it.each([
    ['24000', 'en', 24000],
    ['1,234.56', 'en', 1234.56],
    ['1.234,56', 'en', 1234.56],
    ['1.234,56', 'sl', 1234.56],
    ['1.500', 'sl', 1500],
    ['1.500', 'en', 1.5],
    ['1,500', 'en', 1500],
    ['0.500', 'sl', 0.5],
    ['12.5', 'sl', 12.5],
    ['1.234.567', 'en', 1234567],
    ['1 234,5', 'sl', 1234.5],
    ['−12,40', 'sl', -12.4],
    ['3*4', 'en', 12],
    ['12 %', 'en', 12],
    ['', 'en', null],
    ['abc', 'en', null],
    ['1,2,3.4.5', 'en', null],
  ] as const)('%s in %s is %s', (typed, language, value) => {
    expect(parseNumber(typed, language)).toBe(value);
  });
});

describe('dates as people type them', () => {
  const today = '2026-11-24';
  it.each([
    ['24.11.', '2026-11-24'],
    ['24. 11. 2026', '2026-11-24'],
    ['24.11.26', '2026-11-24'],
    ['2026-11-24', '2026-11-24'],
    ['3 dec', '2026-12-03'],
    ['Thu 3 Dec', '2026-12-03'],
    ['15. januar', '2027-01-15'],
    ['5.1.', '2027-01-05'],
    ['1/7', '2026-07-01'],
    ['30', '2026-11-30'],
    ['5', '2026-12-05'],
    ['+7', '2026-12-01'],
    ['-1', '2026-11-23'],
    ['+2w', '2026-12-08'],
    ['today', '2026-11-24'],
    ['jutri', '2026-11-25'],
    ['thu', '2026-11-26'],
    ['tor', '2026-12-01'],
    ['31.2.', null],
    ['soon', null],
  ])('%s is %s', (typed, value) => {
    expect(parseDate(typed, today)).toBe(value);
  });
});
