import { describe, expect, it } from 'vitest';
import { above, keysOf, siblings, type TreeRow, unfolded } from './structure';

/** Cart ← 2 wheel (← rim, lace) + frame + mount; the wheel stands below the spare as well. */
const rows = [
  { kind: 'component', level: 0, bill_id: 0, line_id: 0 },
  { kind: 'component', level: 1, bill_id: 1, line_id: 11 },
  { kind: 'component', level: 2, bill_id: 2, line_id: 21 },
  { kind: 'operation', level: 2, bill_id: 2, line_id: 22 },
  { kind: 'component', level: 1, bill_id: 1, line_id: 12 },
  { kind: 'component', level: 2, bill_id: 3, line_id: 31 },
  { kind: 'component', level: 3, bill_id: 2, line_id: 21 },
  { kind: 'operation', level: 3, bill_id: 2, line_id: 22 },
  { kind: 'operation', level: 1, bill_id: 1, line_id: 13 },
] as TreeRow[];

describe('a tree of bills', () => {
  const keys = keysOf(rows);
  it('knows each place by the way to it', () => {
    expect(keys[2]).toBe('0/11/21');
    expect(keys[6]).toBe('0/12/31/21');
    expect(new Set(keys).size).toBe(rows.length);
  });
  it('hides what is folded, with all below', () => {
    expect(unfolded(rows, keys, new Set())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(unfolded(rows, keys, new Set([keys[4] ?? '']))).toEqual([0, 1, 2, 3, 4, 8]);
    expect(unfolded(rows, keys, new Set(['0/11', '0/12/31']))).toEqual([0, 1, 4, 5, 8]);
    expect(unfolded(rows, keys, new Set(['0']))).toEqual([0]);
  });
  it('goes up to what a row stands below', () => {
    expect([8, 7, 6, 5, 4, 1].map((at) => above(rows, at))).toEqual([0, 5, 5, 4, 0, 0]);
  });
  it('changes a bill once, wherever it stands', () => {
    expect(siblings(rows, rows[6] as TreeRow)).toEqual([21]);
    expect(siblings(rows, rows[1] as TreeRow)).toEqual([11, 12]);
    expect(siblings(rows, rows[8] as TreeRow)).toEqual([13]);
  });
});
