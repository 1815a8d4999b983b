import { expect, test } from 'vitest';
import type { Entity, Field } from '../api/model';
import { begun, isGiven, sent } from './GivenLines';

const field = (name: string, kind: string, more: Partial<Field> = {}) =>
  ({ name, kind, required: false, target: null, nav: null, ...more }) as Field;
const product = field('product_id', 'ref', { target: 'Product', required: true });
const fields = [product, field('quantity', 'quantity'), field('lot', 'text')];
const entity = { lines: [{ name: 'parts', entity: 'MaintenancePart' }] } as Entity;

test('parts that were used are given; lines of the record that something is done about are not', () => {
  expect(isGiven(field('parts', 'lines', { fields }), entity)).toBe(true);
  const about = [field('line_id', 'ref', { target: 'MaintenancePart' })];
  expect(isGiven(field('parts', 'lines', { fields: about }), entity)).toBe(false);
  expect(isGiven(field('others', 'lines', { fields }), entity)).toBe(false);
});

test('what is emptied is none of it; an empty line is no line', () => {
  const rows = [{ id: 1, product_id: 7, quantity: 4 }] as never[];
  expect(sent(begun(rows, fields), fields)).toEqual([{ product_id: 7, quantity: 4 }]);
  expect(sent([{ product_id: 7, quantity: null }, {}], fields)).toEqual([{ product_id: 7, quantity: 0 }]);
  expect(sent([{ product_id: 8, quantity: 1, lot: 'A' }], fields)).toEqual([{ product_id: 8, quantity: 1, lot: 'A' }]);
});
