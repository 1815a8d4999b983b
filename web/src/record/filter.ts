/** Filter sentences: built of words, typed, and spoken to the server as OData. */

import type { Entity, Field } from '../api/model';
import { quoted } from '../api/odata';
import { parseDate, parseNumber } from '../ui/entry';
import { dateTyped, plusDays, quantity } from '../ui/format';
import type { Word } from './paths';

export type Translate = (key: string, options?: Record<string, unknown>) => string;

const NUMBERS = new Set(['money', 'decimal', 'quantity', 'integer']);

/** The words that fit a field, the usual one first. */
export function wordsFor(field: Field): string[] {
  if (field.kind === 'choice') return ['is', 'not', ...(field.required ? [] : ['empty'])];
  if (field.kind === 'bool') return ['is'];
  if (field.kind === 'date' || field.kind === 'instant') return ['before', 'after', 'on', 'empty', 'filled'];
  if (NUMBERS.has(field.kind)) return ['over', 'under', 'is', 'empty', 'filled'];
  if (field.kind === 'ref') return ['is', 'not', 'empty', 'filled'];
  return ['has', 'is', 'empty', 'filled'];
}

export function filterable(field: Field): boolean {
  return field.kind !== 'json' && field.kind !== 'file' && field.kind !== 'lines';
}

/** `today`, `today+7` and days as they are. */
export function dayMeant(value: unknown, today: string): string {
  const relative = /^today(?:([+-]\d+))?$/.exec(String(value));
  return relative ? plusDays(today, Number(relative[1] ?? 0)) : String(value);
}

/** One word as a condition of OData; undefined where the field is gone or the value is none. */
export function condition(entity: Entity, [name, word, value]: Word, today: string): string | undefined {
  const field = entity.fields.find((f) => f.name === name);
  if (!field) return undefined;
  if (word === 'empty') return field.kind === 'text' ? `(${name} eq null or ${name} eq '')` : `${name} eq null`;
  if (word === 'filled') return field.kind === 'text' ? `(${name} ne null and ${name} ne '')` : `${name} ne null`;
  if (value === undefined || value === null || value === '') return undefined;
  if (field.kind === 'choice') {
    const list = String(value).split(',').map(quoted).join(',');
    return word === 'not' ? `not (${name} in (${list}))` : `${name} in (${list})`;
  }
  if (field.kind === 'date') return dayCondition(name, word, dayMeant(value, today));
  if (field.kind === 'instant') return instantCondition(name, word, dayMeant(value, today));
  if (NUMBERS.has(field.kind) || field.kind === 'ref' || field.kind === 'origin_id') {
    const sign = { over: 'gt', under: 'lt', not: 'ne' }[word] ?? 'eq';
    return Number.isFinite(Number(value)) ? `${name} ${sign} ${value}` : undefined;
  }
  if (field.kind === 'bool') return `${name} eq ${value === true || value === 'true'}`;
  return word === 'has' ? `contains(${name},${quoted(String(value))})` : `${name} eq ${quoted(String(value))}`;
}

function dayCondition(name: string, word: string, day: string): string {
  const sign = { before: 'lt', after: 'gt' }[word] ?? 'eq';
  return `${name} ${sign} ${day}`;
}

function instantCondition(name: string, word: string, day: string): string {
  const [from, to] = [`${day}T00:00:00Z`, `${plusDays(day, 1)}T00:00:00Z`];
  if (word === 'before') return `${name} lt ${from}`;
  return word === 'after' ? `${name} ge ${to}` : `(${name} ge ${from} and ${name} lt ${to})`;
}

export function filterOf(entity: Entity, words: Word[], today: string): string | undefined {
  const all = words.map((w) => condition(entity, w, today)).filter((c) => c !== undefined);
  return all.length > 0 ? all.join(' and ') : undefined;
}

/** How the value of a word is called. */
export function shownValue(field: Field | undefined, [, , value, shown]: Word, t: Translate): string {
  if (shown) return shown;
  if (!field || value === undefined || value === null) return String(value ?? '');
  if (field.kind === 'choice') {
    const labels = String(value)
      .split(',')
      .map((v) => field.choices.find((c) => c.value === v)?.label ?? v);
    return labels.join(` ${t('filter.or')} `);
  }
  if (field.kind === 'bool') return t(value === true || value === 'true' ? 'app.yes' : 'app.no');
  if (field.kind === 'date' || field.kind === 'instant') {
    const relative = /^today(?:([+-]\d+))?$/.exec(String(value));
    if (!relative) return dateTyped(value);
    return relative[1] ? t('filter.today_plus', { n: relative[1] }) : t('filter.today');
  }
  return typeof value === 'number' ? quantity(value) : String(value);
}

/** `Due on before, 15 Dec 2026` */
export function sentence(entity: Entity, word: Word, t: Translate): string {
  const field = entity.fields.find((f) => f.name === word[0]);
  const value = shownValue(field, word, t);
  return `${field?.label ?? word[0]} ${t(`filter.words.${word[1]}`)}${value ? ` ${value}` : ''}`;
}

export interface Heard {
  word: Word;
  /** Where a record has to be found first: the entity, and what was typed of its name. */
  look?: { target: string; text: string };
}

/** Readings of a typed condition, best first: `due before 15.12.`, `draft`, `customer vetr`, `net > 1000`. */
export function hearWords(entity: Entity, typed: string, today: string, t: Translate): Heard[] {
  const text = typed.trim().toLowerCase();
  if (text === '') return [];
  const fields = entity.fields.filter(filterable);
  const named = fields.flatMap((field) => {
    const rest = restBehind(field.label.toLowerCase(), text);
    return rest === null ? [] : readings(field, rest, today, t);
  });
  const plain = fields
    .filter((f) => f.kind === 'choice')
    .flatMap((f) =>
      f.choices
        .filter((c) => c.label.toLowerCase().startsWith(text))
        .map((c): Heard => ({ word: [f.name, 'is', c.value] })),
    );
  const flags = fields
    .filter((f) => f.kind === 'bool' && f.label.toLowerCase().startsWith(text))
    .map((f): Heard => ({ word: [f.name, 'is', true] }));
  return [...named, ...plain, ...flags].slice(0, 12);
}

/** What stands behind the name of a field, or behind its beginning: `due before` on `Due on` is `before`. */
function restBehind(label: string, text: string): string | null {
  if (text.startsWith(label)) return text.slice(label.length).trim();
  const [first = '', ...rest] = text.split(/\s+/);
  const hit = label.split(/[\s_]+/).some((w) => w.startsWith(first)) && first.length >= 2;
  return hit ? rest.join(' ') : null;
}

const SIGNS: Record<string, string> = { '>': 'over', '<': 'under', '=': 'is' };

function readings(field: Field, typed: string, today: string, t: Translate): Heard[] {
  const words = wordsFor(field);
  const spoken = words.find((w) => typed.startsWith(t(`filter.words.${w}`).toLowerCase()));
  const sign = words.find((w) => SIGNS[typed[0] ?? ''] === w);
  const rest = (spoken ? typed.slice(t(`filter.words.${spoken}`).length) : sign ? typed.slice(1) : typed).trim();
  const word = spoken ?? sign ?? words[0] ?? 'is';
  if (word === 'empty' || word === 'filled') return [{ word: [field.name, word] }];
  if (field.kind === 'choice') {
    const hits = field.choices.filter((c) => c.label.toLowerCase().startsWith(rest));
    return hits.map((c) => ({ word: [field.name, word, c.value] }));
  }
  if (field.kind === 'bool') return [true, false].map((v) => ({ word: [field.name, 'is', v] }));
  if (rest === '') return [];
  if (field.kind === 'ref') return [{ word: [field.name, word], look: { target: field.target ?? '', text: rest } }];
  if (field.kind === 'date' || field.kind === 'instant') {
    const day = parseDate(rest, today);
    return day ? [{ word: [field.name, word, day] }] : [];
  }
  if (NUMBERS.has(field.kind)) {
    const value = parseNumber(rest);
    return value === null ? [] : [{ word: [field.name, word, value] }];
  }
  return [{ word: [field.name, word, rest] }];
}
