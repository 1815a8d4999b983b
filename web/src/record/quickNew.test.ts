import { expect, it } from 'vitest';
import { readName } from './quickNew';

it.each([
  ['Ana d.o.o. SI12345679', { name: 'Ana d.o.o.', tax: '12345679', payer: true }],
  ['Ana d.o.o., SI 12345679', { name: 'Ana d.o.o.', tax: '12345679', payer: true }],
  ['Ana d.o.o. 12345679', { name: 'Ana d.o.o.', tax: '12345679', payer: false }],
  [
    'Ana d.o.o. SI12345679, Cesta 1, 1000 Ljubljana',
    { name: 'Ana d.o.o.', tax: '12345679', payer: true, address: 'Cesta 1, 1000 Ljubljana' },
  ],
  ['Ana Novak, Cesta 1, 1000 Ljubljana', { name: 'Ana Novak', payer: false, address: 'Cesta 1, 1000 Ljubljana' }],
  [
    'Ana d.o.o. SI12345679, Cesta 1, 1000 Ljubljana, ana@ana.si',
    { name: 'Ana d.o.o.', tax: '12345679', address: 'Cesta 1, 1000 Ljubljana', email: 'ana@ana.si' },
  ],
  ['Hotel 2000', { name: 'Hotel 2000', payer: false }],
  ['12345679', { name: '12345679', payer: false }],
])('%s', (typed, wanted) => {
  expect(readName(typed)).toMatchObject(wanted);
});
