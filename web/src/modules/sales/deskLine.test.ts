import { describe, expect, it } from 'vitest';
import { parseNumber } from '../../ui/entry';
import { readBlock, readLine } from './deskLine';

const parse = (n: string) => parseNumber(n, 'en');

describe('what is typed on the order desk', () => {
  it.each([
    ['3 han160', 3, 'han160'],
    ['3x han160', 3, 'han160'],
    ['2.5 × veneer oak', 2.5, 'veneer oak'],
    ['han160', 1, 'han160'],
    ['HAN160\t12', 12, 'HAN160'],
    ['12\tHAN160', 12, 'HAN160'],
    ['600 base', 600, 'base'],
    ['1,000 clips', 1000, 'clips'],
  ])('%j', (text, quantity, words) => {
    expect(readLine(text, parse)).toEqual({ quantity, words });
  });

  it('a pasted block is a line a row', () => {
    expect(readBlock('3 a\n\n2 b\r\n', parse)).toEqual([
      { quantity: 3, words: 'a' },
      { quantity: 2, words: 'b' },
    ]);
  });
});
