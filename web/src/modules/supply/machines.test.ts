import { describe, expect, it } from 'vitest';
import { clock, DAY, dayOf, HOUR, type Placed, stacked, stepped, wallOf } from './machines';

const job = (key: string, from: number, to: number) => ({ key, from, to }) as Placed;

describe('rows within a machine', () => {
  it('puts what does not overlap into one row', () => {
    expect(stacked([job('a', 0, 2), job('b', 2, 4)]).rows).toBe(1);
  });
  it('puts what overlaps below', () => {
    const { rows, row } = stacked([job('a', 0, 5), job('b', 1, 2), job('c', 3, 6)]);
    expect([rows, row.get('a'), row.get('b'), row.get('c')]).toEqual([2, 0, 1, 1]);
  });
});

describe('a step of the clock', () => {
  const night: [number, number][] = [[14 * HOUR, DAY + 6 * HOUR]];
  it('goes on next morning', () => {
    expect(stepped(13 * HOUR, HOUR, night)).toBe(DAY + 6 * HOUR);
  });
  it('goes back to the evening before', () => {
    expect(stepped(DAY + 6 * HOUR, -HOUR, night)).toBe(13 * HOUR);
  });
  it('stays within the day', () => {
    expect(stepped(9 * HOUR, HOUR, night)).toBe(10 * HOUR);
  });
});

describe('the clock on the wall', () => {
  it('needs no time zone', () => {
    const at = wallOf('2026-11-27') + 6 * HOUR + 1800;
    expect([dayOf(at), clock(at)]).toEqual(['2026-11-27', '06:30']);
  });
});
