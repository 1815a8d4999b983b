/** What people type, read as numbers and dates. */
import { dayToday, plusDays, writtenIn } from './format';

/**
 * `1.234,56`, `1,234.56`, `1 234`, `-12`, `3*4`. Both signs are understood in both languages; where only one of them
 * occurs once, the language decides, unless it cannot stand for thousands there.
 */
export function parseNumber(typed: string, language: 'en' | 'sl' = writtenIn()): number | null {
  const text = typed
    .replace(/[\s\u00a0']/g, '')
    .replace('−', '-')
    .replace(/[€%]$/, '');
  const product = /^(.+)[*×x](.+)$/.exec(text);
  if (product) {
    const [a, b] = [parseNumber(product[1] ?? '', language), parseNumber(product[2] ?? '', language)];
    return a === null || b === null ? null : Math.round(a * b * 1e6) / 1e6;
  }
  if (!/^[+-]?[\d.,]*\d[\d.,]*$/.test(text)) return null;
  const decimal = decimalSign(text, language);
  const thousands = decimal === ',' ? '.' : ',';
  const plain = text.replaceAll(thousands, '').replace(decimal, '.');
  if (plain.includes(',')) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

function decimalSign(text: string, language: 'en' | 'sl'): '.' | ',' {
  const [dot, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  if (dot >= 0 && comma >= 0) return dot > comma ? '.' : ',';
  const own = language === 'sl' ? ',' : '.';
  const only = dot >= 0 ? '.' : ',';
  if (dot < 0 && comma < 0) return own;
  if (text.indexOf(only) !== text.lastIndexOf(only)) return only === '.' ? ',' : '.';
  const behind = text.length - 1 - Math.max(dot, comma);
  const before = text.replace(/^[+-]/, '').search(/[.,]/);
  // `1.500` in Slovenian is a thousand and a half; `0.500` and `12.5` are not thousands anywhere.
  const grouped = behind === 3 && before >= 1 && before <= 3 && !/^[+-]?0/.test(text);
  return grouped && only !== own ? own : only;
}

const WORDS: Record<string, number> = {
  today: 0,
  t: 0,
  danes: 0,
  d: 0,
  tomorrow: 1,
  jutri: 1,
  yesterday: -1,
  včeraj: -1,
  vceraj: -1,
};
const WEEKDAYS = [
  ['sun', 'ned'],
  ['mon', 'pon'],
  ['tue', 'tor'],
  ['wed', 'sre'],
  ['thu', 'čet', 'cet'],
  ['fri', 'pet'],
  ['sat', 'sob'],
];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'ma[jy]', 'jun', 'jul', 'a[uv]g', 'sep', 'o[ck]t', 'nov', 'de[cč]'];

/** `24.11.`, `24. 11. 2026`, `24 Nov`, `24/11`, `2026-11-24`, `24`, `+7`, `today`, `thu` → `2026-11-24`. */
export function parseDate(typed: string, today: string = dayToday()): string | null {
  const text = typed.trim().toLowerCase();
  const word = WORDS[text];
  if (word !== undefined) return plusDays(today, word);
  const ahead = /^([+-]\d{1,4})(w|t)?$/.exec(text);
  if (ahead) return plusDays(today, Number(ahead[1]) * (ahead[2] ? 7 : 1));
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const weekday = text.length >= 3 ? WEEKDAYS.findIndex((names) => names.some((n) => text.startsWith(n))) : -1;
  if (weekday >= 0 && /^[a-zčšž.]+$/.test(text)) return nextWeekday(today, weekday);
  const rest = text.replace(/^[a-zčšž]{3,}\.?,?\s+/, '');
  const numeric = /^(\d{1,2})(?:[./\s-]+(\d{1,2}))?(?:[./\s-]+(\d{2,4}))?[.]?$/.exec(rest);
  if (numeric) return nearby(today, Number(numeric[1]), numeric[2] ? Number(numeric[2]) : null, numeric[3]);
  const named = /^(\d{1,2})[.\s]*([a-zčšž]{3,})[.\s]*(\d{2,4})?$/.exec(rest);
  const month = named ? MONTHS.findIndex((m) => new RegExp(`^${m}`).test(named[2] ?? '')) + 1 : 0;
  return named && month > 0 ? nearby(today, Number(named[1]), month, named[3]) : null;
}

function nextWeekday(today: string, weekday: number): string {
  const now = new Date(`${today}T00:00:00Z`).getUTCDay();
  return plusDays(today, (weekday - now + 7) % 7 || 7);
}

function real(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const fits = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return fits ? date.toISOString().slice(0, 10) : null;
}

/** Without a year the nearest one within half a year is meant; without a month, this or the coming one. */
function nearby(today: string, day: number, month: number | null, year: string | undefined): string | null {
  const [thisYear, thisMonth, thisDay] = today.split('-').map(Number) as [number, number, number];
  if (year) return real(year.length === 2 ? 2000 + Number(year) : Number(year), month ?? thisMonth, day);
  if (month === null) {
    if (day >= thisDay) return real(thisYear, thisMonth, day);
    return thisMonth === 12 ? real(thisYear + 1, 1, day) : real(thisYear, thisMonth + 1, day);
  }
  const ahead = month - thisMonth;
  const meant = ahead > 6 ? thisYear - 1 : ahead < -6 ? thisYear + 1 : thisYear;
  return real(meant, month, day);
}
