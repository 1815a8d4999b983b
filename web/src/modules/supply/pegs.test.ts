import { describe, expect, it } from 'vitest';
import { flat, type PegNode } from './pegs';

const node = (product: string, more: Partial<PegNode> = {}): PegNode => ({
  kind: 'planned',
  product,
  quantity: 1,
  late: false,
  ...more,
});
const wheel = node('wheel', {
  up: [node('bicycle', { up: [node('order')] })],
  down: [node('spoke', { down: [node('wire')] })],
});
const shown = (turned: string[], all = false) =>
  flat([wheel], new Set(turned), all).map((r) => `${r.level} ${r.way ?? '-'} ${r.node.product}`);

describe('the pegging tree', () => {
  it('is open by one level at first', () => {
    expect(shown([])).toEqual(['0 - wheel', '1 up bicycle', '1 down spoke']);
  });
  it('folds and unfolds one row', () => {
    expect(shown(['0'])).toEqual(['0 - wheel']);
    expect(shown(['0u0'])).toEqual(['0 - wheel', '1 up bicycle', '2 up order', '1 down spoke']);
  });
  it('unfolds all', () => {
    expect(shown([], true)).toEqual(['0 - wheel', '1 up bicycle', '2 up order', '1 down spoke', '2 down wire']);
  });
});
