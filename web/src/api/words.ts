/** What steps of processes are called in this person's language; a diagram is drawn in one, and may name them in more. */
import { call } from './client';

let words: Record<string, string> = {};

/** Asked once for a language, beside its texts; in the language of the diagrams there is nothing to ask. */
export async function learnWords(language: string): Promise<void> {
  words = {};
  if (language === 'en') return;
  const headers = { 'accept-language': language };
  const answer = await call<{ value: Record<string, string> }>('GET', '/odata/Tasks/words()', { headers }).catch(
    () => undefined,
  );
  words = answer?.value ?? {};
}

export function named(name: string): string {
  return words[name] ?? name;
}

/** Records that bear the names of steps, and the fields that do. */
const BEARERS = new Set(['Task', 'Case']);
const FIELDS = new Set(['name', 'step_name', 'title']);

/** An answer about tasks or cases, with their names in this person's language. */
export function inWords<T>(entity: string, answer: T): T {
  return BEARERS.has(entity) && Object.keys(words).length > 0 ? (renamed(answer) as T) : answer;
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key, FIELDS.has(key) && typeof v === 'string' ? named(v) : renamed(v)]),
  );
}

/** The same names in a drawing. */
export function drawnInWords(xml: string): string {
  return xml.replace(/(\sname=")([^"]+)"/g, (all, before: string, name: string) => {
    const known = words[plain(name).split(/\s+/).join(' ').trim()];
    return known ? `${before}${escaped(known)}"` : all;
  });
}

const ENTITIES: [string, string][] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&amp;', '&'],
];

function plain(xml: string): string {
  return ENTITIES.reduce((text, [entity, char]) => text.replaceAll(entity, char), xml);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
