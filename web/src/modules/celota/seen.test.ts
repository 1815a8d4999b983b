import { expect, it } from 'vitest';
import { gathered, ranges } from './seen';

it('rows are told as one reads them', () => {
  expect(ranges([4, 2, 3, 9, 12, 13])).toBe('2–4, 9, 12–13');
  expect(ranges([1, 3, 5, 7], 2)).toBe('1, 3, …');
});

it('the same thing wrong is said once, the worst first', () => {
  const fault = { column: 'vat', message: 'maybe', advice: '' };
  const told = gathered([
    { ...fault, level: 'note', row: 2, message: 'odd' },
    { ...fault, level: 'error', row: 3 },
    { ...fault, level: 'error', row: 4 },
  ]);
  expect(told.map((t) => [t.level, t.rows])).toEqual([
    ['error', [3, 4]],
    ['note', [2]],
  ]);
});
