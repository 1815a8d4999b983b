/** Lines as they are being typed: rows with what is known, what is still looked up, and what others said. */
import type { Row } from '../api/client';
import type { Entity, Field } from '../api/model';

export interface Line {
  key: string;
  id?: number;
  values: Record<string, unknown>;
  titles: Record<string, string>;
  /** Typed look-ups that wait for their answer, or found nothing. */
  open: Record<string, string>;
  touched: boolean;
}

let made = 0;

export function emptyLine(): Line {
  made += 1;
  return { key: `new-${made}`, values: {}, titles: {}, open: {}, touched: false };
}

export function isEmpty(line: Line): boolean {
  return (
    line.id === undefined &&
    Object.keys(line.open).length === 0 &&
    Object.values(line.values).every((v) => v === null || v === undefined || v === '')
  );
}

export function fromRow(row: Row, entity: Entity): Line {
  const titles: Record<string, string> = {};
  for (const field of entity.fields) {
    const target = field.nav ? (row[field.nav] as { title?: unknown } | null | undefined) : null;
    if (target?.title !== undefined) titles[field.name] = String(target.title);
  }
  return { key: String(row.id), id: row.id, values: { ...row }, titles, open: {}, touched: false };
}

/** Fields one types into, and those that follow from them. */
export function lineFields(entity: Entity): { typed: Field[]; read: Field[] } {
  const hidden = new Set(['company_id', 'position', 'source_key', 'parent_id']);
  const plain = entity.fields.filter(
    (f) => !hidden.has(f.name) && !['json', 'file', 'origin_entity', 'origin_id'].includes(f.kind),
  );
  return {
    typed: plain.filter((f) => !f.readonly),
    read: plain.filter((f) => f.readonly && f.kind !== 'text' && f.kind !== 'long_text'),
  };
}

/** What is sent: each line in its place, with what may be written. */
export function toBody(lines: Line[], entity: Entity): Record<string, unknown>[] {
  const { typed } = lineFields(entity);
  const position = entity.fields.find((f) => f.name === 'position' && !f.readonly);
  return lines
    .filter((l) => !isEmpty(l))
    .map((line, i) => ({
      ...(line.id === undefined ? {} : { id: line.id }),
      ...(position ? { position: i + 1 } : {}),
      ...Object.fromEntries(
        typed
          .filter((f) => f.name in line.values && line.values[f.name] !== undefined)
          .map((f) => [f.name, line.values[f.name]]),
      ),
    }));
}

export function move(lines: Line[], at: number, by: number): Line[] {
  const to = at + by;
  const line = lines[at];
  if (!line || to < 0 || to >= lines.length) return lines;
  const next = lines.toSpliced(at, 1);
  return next.toSpliced(to, 0, { ...line, touched: true });
}

/** A block from a sheet: cells by tab (or semicolon), rows by line. */
export function readBlock(text: string): string[][] | null {
  const rows = text.replace(/\r/g, '').replace(/\n+$/, '').split('\n');
  if (rows.length < 2 && !text.includes('\t')) return null;
  return rows.map((row) => row.split(row.includes('\t') ? '\t' : ';').map((c) => c.trim()));
}
