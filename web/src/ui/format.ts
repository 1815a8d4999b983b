/** Numbers, dates and ages as this person writes them. */

let language: 'en' | 'sl' = 'en';
let today = '2000-01-01';

const NUMBERS = { en: 'en-GB', sl: 'sl-SI' } as const;
const formats = new Map<string, Intl.NumberFormat>();

export function writeAs(to: string, day: string): void {
  language = to === 'sl' ? 'sl' : 'en';
  today = day;
  formats.clear();
}

export function writtenIn(): 'en' | 'sl' {
  return language;
}

export function dayToday(): string {
  return today;
}

function digits(value: number, least: number, most: number): string {
  const key = `${least}/${most}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(NUMBERS[language], {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      // Four digits are grouped as well: figures of one column look alike.
      useGrouping: 'always',
    });
    formats.set(key, format);
  }
  // A hyphen is no minus: it is shorter than the plus, and breaks the column.
  // Nothing below zero is still nothing.
  return format.format(value || 0).replace('-', '−');
}

export function money(value: unknown): string {
  return typeof value === 'number' ? digits(value, 2, 2) : '';
}

/** A unit price: cents at least, more where it has them. */
export function price(value: unknown): string {
  return typeof value === 'number' ? digits(value, 2, 6) : '';
}

export function quantity(value: unknown): string {
  return typeof value === 'number' ? digits(value, 0, 6) : '';
}

export function whole(value: unknown): string {
  return typeof value === 'number' ? digits(value, 0, 0) : '';
}

/** `0.312` → `31.2 %` */
export function percent(share: unknown): string {
  return typeof share === 'number' ? `${digits(share * 100, 1, 1)} %` : '';
}

/** How large a file is: `812 B`, `14 kB`, `2.4 MB`. */
export function bytes(value: unknown): string {
  if (typeof value !== 'number') return '';
  if (value < 1000) return `${value} B`;
  return value < 1_000_000 ? `${digits(value / 1000, 0, 0)} kB` : `${digits(value / 1_000_000, 1, 1)} MB`;
}

const DAY = 86_400_000;
const WEEKDAYS = {
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  sl: ['ned', 'pon', 'tor', 'sre', 'čet', 'pet', 'sob'],
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function utc(iso: string): Date {
  return new Date(`${iso.slice(0, 10)}T00:00:00Z`);
}

export function plusDays(iso: string, days: number): string {
  return new Date(utc(iso).getTime() + days * DAY).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / DAY);
}

export function yearOf(iso: string): number {
  return Number(iso.slice(0, 4));
}

/** `Thu 26 Nov`, with the year where it is another one. */
export function date(value: unknown): string {
  if (typeof value !== 'string' || value.length < 10) return '';
  const day = utc(value);
  const d = day.getUTCDate();
  const m = day.getUTCMonth();
  const y = day.getUTCFullYear();
  const far = y !== yearOf(today);
  const weekday = WEEKDAYS[language][day.getUTCDay()];
  if (language === 'sl') return far ? `${d}. ${m + 1}. ${y}` : `${weekday} ${d}. ${m + 1}.`;
  return far ? `${d} ${MONTHS[m]} ${y}` : `${weekday} ${d} ${MONTHS[m]}`;
}

/** As one types it: `26 Nov 2026`, `26. 11. 2026`. */
export function dateTyped(value: unknown): string {
  if (typeof value !== 'string' || value.length < 10) return '';
  const day = utc(value);
  const d = day.getUTCDate();
  const m = day.getUTCMonth();
  const y = day.getUTCFullYear();
  return language === 'sl' ? `${d}. ${m + 1}. ${y}` : `${d} ${MONTHS[m]} ${y}`;
}

export function longDay(iso: string): string {
  const options = { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(NUMBERS[language], options).format(utc(iso));
}

/** A moment in this person's own time. */
export function instant(value: unknown): string {
  if (typeof value !== 'string') return '';
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return '';
  const time = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  return local === today ? time : `${date(local)} ${time}`;
}

/** `12 min`, `2 h`, then the day. */
export function age(value: unknown, now: number = Date.now()): string {
  if (typeof value !== 'string') return '';
  const minutes = Math.round((now - new Date(value).getTime()) / 60_000);
  if (minutes < 1) return language === 'sl' ? 'zdaj' : 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h`;
  return date(value);
}

/** Letters for a person's mark: `Maja Kos` → `MK`. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}
