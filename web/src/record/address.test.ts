import { expect, it } from 'vitest';
import { readAddress } from './address';

it.each([
  ['Cesta talcev 12, 4220 Škofja Loka', { street: 'Cesta talcev 12', postal_code: '4220', town: 'Škofja Loka' }],
  ['Dunajska 5 1000 Ljubljana', { street: 'Dunajska 5', postal_code: '1000', town: 'Ljubljana' }],
  ['1000 Ljubljana', { postal_code: '1000', town: 'Ljubljana' }],
  ['Prem 3', { street: 'Prem 3' }],
  ['', {}],
])('%s', (typed, wanted) => {
  expect(readAddress(typed)).toEqual(wanted);
});
