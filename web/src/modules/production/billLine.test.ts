import { describe, expect, it } from 'vitest';
import { parseNumber } from '../../ui/entry';
import { centerOf, isWhole, readBillLine, rowsOf } from './billLine';

const en = (n: string) => parseNumber(n, 'en');
const sl = (n: string) => parseNumber(n, 'sl');

describe('a component as it is typed', () => {
  it.each([
    ['2 wheel', 2, 'wheel', null],
    ['2x wheel', 2, 'wheel', null],
    ['wheel', 1, 'wheel', null],
    ['2.5 × oak veneer', 2.5, 'oak veneer', null],
    ['36 spoke 5%', 36, 'spoke', 5],
    ['5 % 36 spoke', 36, 'spoke', 5],
    ['2 wheel 28', 2, 'wheel 28', null],
    ['1 wheel 28 2.5%', 1, 'wheel 28', 2.5],
    ['SPOKE\t36', 36, 'SPOKE', null],
    ['36\tSPOKE\t3%', 36, 'SPOKE', 3],
    ['0 wheel', 0, 'wheel', null],
    ['100% cotton', 1, 'cotton', 100],
  ])('%j', (text, quantity, words, scrap) => {
    expect(readBillLine(text, en)).toEqual({ kind: 'component', quantity, words, scrap });
  });

  it('a comma is a decimal sign in Slovenian', () => {
    expect(readBillLine('0,5 lak 2,5%', sl)).toEqual({ kind: 'component', quantity: 0.5, words: 'lak', scrap: 2.5 });
  });
});

describe('an operation as it is typed', () => {
  it.each([
    ['@bench 30 mount', 'mount', 'bench', null, 30],
    ['mount 30 @bench', 'mount', 'bench', null, 30],
    ['@bench 10+30 mount', 'mount', 'bench', 10, 30],
    ['mount the wheel 10 + 30 min @bench', 'mount the wheel', 'bench', 10, 30],
    ['@"paint shop" 12', '', 'paint shop', null, 12],
    ['@bench 15+0 warm up', 'warm up', 'bench', 15, 0],
    ['@bench mount', 'mount', 'bench', null, null],
    ['@', '', '', null, null],
    ['@cnc5 2.5 drill', 'drill', 'cnc5', null, 2.5],
  ])('%j', (text, name, center, setup, run) => {
    expect(readBillLine(text, en)).toEqual({ kind: 'operation', name, center, setup, run });
  });

  it('is whole with a work center and minutes', () => {
    const whole = (text: string) => isWhole(readBillLine(text, en));
    expect(['@b 3', '@b 3+0', '3 x', '@b', '@ 3', '3', ' '].map(whole)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('finds the work center by code, name or a word of it', () => {
    const centers = [
      { id: 1, code: 'CNC-5', title: 'Milling centre' },
      { id: 2, code: 'B1', title: 'Assembly bench' },
      { id: 3, code: 'BENCH', title: 'Second' },
    ];
    const found = (text: string) => centerOf(text, centers)?.id;
    expect(['cnc', 'bench', 'ben', 'assem', 'centre', 'b1', 'x', ''].map(found)).toEqual([
      1,
      3,
      3,
      2,
      1,
      2,
      undefined,
      undefined,
    ]);
  });
});

it('a pasted block is a line a row', () => {
  expect(rowsOf('2 a\n\n @b 3 c\r\n')).toEqual(['2 a', '@b 3 c']);
});
