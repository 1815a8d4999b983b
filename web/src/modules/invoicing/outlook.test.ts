import { expect, it } from 'vitest';
import { outlook, WEEKS } from './outlook';

it('what falls due moves the balance in its week', () => {
  // Wednesday, 25 November 2026.
  const weeks = outlook(
    1000,
    [
      { due_on: '2026-11-20', open: 300 },
      { due_on: '2026-11-29', open: 0.1 },
      { due_on: '2026-11-30', open: 0.2 },
      { due_on: '2027-06-01', open: 9999 },
    ],
    [{ due_on: '2026-12-06', open: 1500 }],
    '2026-11-25',
  );
  expect(weeks).toHaveLength(WEEKS);
  expect(weeks.slice(0, 3)).toEqual([
    { from: '2026-11-25', to: '2026-11-29', in: 300.1, out: 0, balance: 1300.1 },
    { from: '2026-11-30', to: '2026-12-06', in: 0.2, out: 1500, balance: -199.7 },
    { from: '2026-12-07', to: '2026-12-13', in: 0, out: 0, balance: -199.7 },
  ]);
  expect(weeks.at(-1)?.balance).toBe(-199.7);
});

it('on a Sunday the week that runs is this day', () => {
  expect(outlook(0, [], [], '2026-11-29')[0]).toMatchObject({ from: '2026-11-29', to: '2026-11-29' });
});
