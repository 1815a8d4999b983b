import { expect, test } from 'vitest';
import { nearest, onDay, placeOf } from './changing';
import type { Proposal } from './plan';

const buy = (quantity: number, due_on: string, product_id = 1): Proposal => ({
  kind: 'buy',
  product_id,
  code: 'B',
  product: 'Board',
  quantity,
  start_on: '2026-12-01',
  due_on,
  orders: [],
  at_stake: 0,
});

test('what begins before another day moves along, and not into the past', () => {
  const p = buy(12, '2026-12-05');
  expect(onDay(p, '2026-12-08', '2026-11-30').start_on).toBe('2026-12-04');
  expect(onDay(p, '2026-12-01', '2026-11-30').start_on).toBe('2026-11-30');
  expect(onDay(p, '2026-12-05', '2026-12-03').start_on).toBe('2026-12-01');
});

test('the row is found again when the plan says something else of it', () => {
  const before = buy(12, '2026-12-05');
  expect(nearest([buy(3, '2026-12-02', 2), buy(12, '2026-12-04'), buy(12, '2026-12-05')], before)).toBe(2);
  expect(nearest([buy(3, '2026-12-02', 2), buy(14, '2026-12-04')], before)).toBe(1);
  expect(nearest([buy(3, '2026-12-02', 2)], before)).toBe(-1);
});

test('a fault is said at the field that it is about', () => {
  expect(placeOf('lines/0/quantity')).toBe('quantity');
  expect(placeOf('lines/0/due_on')).toBe('due_on');
  expect(placeOf('supplier_id')).toBe('supplier_id');
  expect(placeOf('lines/0/product_id')).toBe('all');
  expect(placeOf(null)).toBe('all');
});
