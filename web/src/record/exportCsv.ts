/** What is seen, as a sheet: the columns of the list with their headings, as this person writes numbers and days. */
import i18next from 'i18next';
import type { Row } from '../api/client';
import { call } from '../api/client';
import type { Entity, Field } from '../api/model';
import { type Ask, type Page, query } from '../api/odata';
import { writtenIn } from '../ui/format';
import { isNumber } from './columns';
import { plain } from './Value';

const MOST = 5000;

export async function exportCsv(entity: Entity, columns: Field[], ask: Ask, ids: number[] | null): Promise<void> {
  const rows: Row[] = [];
  const only = ids ? `id in (${ids.join(',')})` : undefined;
  let path: string | undefined =
    `/odata/${entity.set}?${query({ ...ask, ...(only ? { filter: only } : {}), top: MOST })}`;
  while (path) {
    const page: Page = await call<Page>('GET', path);
    rows.push(...page.value);
    path = page['@odata.nextLink'];
  }
  download(entity.labels, [columns.map((c) => c.label), ...rows.map((row) => columns.map((c) => cell(c, row)))]);
}

/** A sheet that a page has put together by itself. */
export function saveSheet(name: string, lines: (string | number)[][]): void {
  download(
    name,
    lines.map((line) => line.map((v) => (typeof v === 'number' ? decimal(v) : harmless(v)))),
  );
}

function download(name: string, lines: string[][]): void {
  // Excel of a Slovenian reads the semicolon, and the mark of UTF-8.
  const separator = writtenIn() === 'sl' ? ';' : ',';
  const text = lines.map((line) => line.map((v) => quote(v, separator)).join(separator)).join('\r\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: 'text/csv;charset=utf-8' }));
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function decimal(value: number): string {
  return String(value).replace('.', writtenIn() === 'sl' ? ',' : '.');
}

/** A text that a sheet would take for a formula is quoted away (OWASP, CSV injection). */
function harmless(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function cell(field: Field, row: Row): string {
  const value = row[field.name];
  if (isNumber(field)) return typeof value === 'number' ? decimal(value) : '';
  if (field.kind === 'date' || field.kind === 'instant') return typeof value === 'string' ? value : '';
  return harmless(plain(field, row, i18next.t('app.yes'), i18next.t('app.no')));
}

function quote(text: string, separator: string): string {
  return text.includes(separator) || /["\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
