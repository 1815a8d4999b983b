import { describe, expect, it } from 'vitest';
import { type DemandCell, demandOf, type GroupRow, keyOf, monthName, ordered, type ProductRow } from './demand';

const row = { code: '', name: '', last_year: 0, made: null, cells: [] };
const product = (product_id: number, group_id: number | null): ProductRow => ({
  ...row,
  product_id,
  group_id,
  by_forecast: true,
  safety_stock: 0,
  service_level_percent: null,
});
const group = (group_id: number): GroupRow => ({ ...row, group_id });

describe('the demand page', () => {
  it('has groups with their products, then what is in none', () => {
    // Group 9 has nobody with a forecast: its product stands by itself.
    const sheet = {
      months: [],
      value: [product(1, null), product(2, 8), product(3, 7), product(4, 9)],
      groups: [group(7), group(8)],
    };
    expect(ordered(sheet).map(keyOf)).toEqual(['g7', 'p3', 'g8', 'p2', 'p1', 'p4']);
    expect(ordered(sheet).map((r) => r.kind === 'product' && r.inner)).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it('adds up what is known and what is left', () => {
    const cell: DemandCell = {
      statistical: 20,
      adjusted: null,
      reason: null,
      forecast: 20,
      ordered: 5,
      likely: 3,
      expected: 1.5,
      left: 10.5,
      last_year: 18,
    };
    expect(demandOf(cell)).toBe(20);
    expect(monthName('2026-03')).toBe('3/2026');
  });
});
