import { beforeAll, describe, expect, it } from 'vitest';
import type { Entity, Field, Kind } from '../api/model';
import { writeAs } from '../ui/format';
import { condition, filterOf, hearWords, sentence } from './filter';
import type { Word } from './paths';

const field = (name: string, kind: Kind, label: string, more: Partial<Field> = {}): Field => ({
  name,
  nav: kind === 'ref' ? name.replace('_id', '') : null,
  kind,
  label,
  target: null,
  required: false,
  readonly: false,
  computed: false,
  custom: false,
  personal: false,
  sortable: true,
  choices: [],
  default: null,
  ...more,
});

const order = {
  name: 'SalesOrder',
  fields: [
    field('number', 'text', 'Number'),
    field('customer_id', 'ref', 'Customer', { target: 'Party' }),
    field('state', 'choice', 'State', {
      required: true,
      choices: [
        { value: 'draft', label: 'Draft' },
        { value: 'confirmed', label: 'Confirmed' },
      ],
    }),
    field('promised_on', 'date', 'Promised on'),
    field('net', 'money', 'Net'),
    field('history', 'bool', 'From before'),
  ],
} as unknown as Entity;

const words: Record<string, string> = {
  before: 'before',
  after: 'after',
  over: 'over',
  under: 'under',
  is: 'is',
  has: 'contains',
  empty: 'is empty',
  not: 'is not',
  on: 'on',
  filled: 'is filled',
};
const t = (key: string) => words[key.replace('filter.words.', '')] ?? key;
const today = '2026-11-24';

beforeAll(() => writeAs('en', today));

describe('words become conditions', () => {
  it.each([
    [['state', 'is', 'draft,confirmed'], "state in ('draft','confirmed')"],
    [['state', 'not', 'draft'], "not (state in ('draft'))"],
    [['promised_on', 'before', 'today+7'], 'promised_on lt 2026-12-01'],
    [['net', 'over', 1000], 'net gt 1000'],
    [['customer_id', 'is', 7, 'Vetrnica'], 'customer_id eq 7'],
    [['number', 'has', "O'Neil"], "contains(number,'O''Neil')"],
    [['number', 'empty'], "(number eq null or number eq '')"],
    [['history', 'is', true], 'history eq true'],
    [['gone', 'is', 1], undefined],
    [['net', 'over', ''], undefined],
  ] as [Word, string | undefined][])('%j', (word, wanted) => {
    expect(condition(order, word, today)).toBe(wanted);
  });
  it('are joined by and', () => {
    expect(
      filterOf(
        order,
        [
          ['net', 'over', 1],
          ['state', 'is', 'draft'],
        ],
        today,
      ),
    ).toBe("net gt 1 and state in ('draft')");
  });
});

describe('typed conditions are understood', () => {
  it.each([
    ['promised before 15.12.', ['promised_on', 'before', '2026-12-15']],
    ['net > 1,000', ['net', 'over', 1000]],
    ['draft', ['state', 'is', 'draft']],
    ['state is conf', ['state', 'is', 'confirmed']],
    ['number 118', ['number', 'has', '118']],
    ['promised is empty', ['promised_on', 'empty']],
  ] as [string, Word][])('%s', (typed, wanted) => {
    expect(hearWords(order, typed, today, t)[0]?.word).toEqual(wanted);
  });
  it('asks for the record that is meant', () => {
    expect(hearWords(order, 'customer vetr', today, t)[0]?.look).toEqual({ target: 'Party', text: 'vetr' });
  });
  it('says the word as a sentence', () => {
    expect(sentence(order, ['promised_on', 'before', '2026-12-15'], t)).toBe('Promised on before 15 Dec 2026');
  });
});
