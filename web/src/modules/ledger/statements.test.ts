import { describe, expect, it } from 'vitest';
import { beside, change, lastOfMonth, profitBlocks, yearBefore } from './statements';

const item = (account_id: number, code: string, amount: number) => ({ account_id, code, name: code, amount });

describe('statements side by side', () => {
  it('shows an account in both periods, in the order of the chart', () => {
    expect(
      beside([[item(2, '760', 5)], [item(1, '410', 3), item(2, '760', 4)]]).map((l) => [l.code, l.amounts]),
    ).toEqual([
      ['410', [0, 3]],
      ['760', [5, 4]],
    ]);
  });
  it('shows costs below zero, and the result as it is', () => {
    const pl = {
      from: '',
      to: '',
      income: [item(1, '760', 100)],
      expense: [item(2, '702', 60)],
      total_income: 100,
      total_expense: 60,
      result: 40,
    };
    const blocks = profitBlocks([pl], (k) => k);
    expect(blocks[1]?.lines[0]?.amounts).toEqual([-60]);
    expect(blocks[2]?.total.amounts).toEqual([40]);
  });
  it.each([
    ['2026-02-10', '2026-02-28'],
    ['2028-02-10', '2028-02-29'],
    ['2026-12-31', '2026-12-31'],
  ])('the month of %s ends on %s', (day, last) => expect(lastOfMonth(day)).toBe(last));
  it('a year before a leap day is the last of February', () => expect(yearBefore('2028-02-29')).toBe('2027-02-28'));
  it('there is no change from nothing', () => expect(change(5, 0)).toBeNull());
});
