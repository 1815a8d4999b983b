/** Which columns a list shows, and how wide they are. */
import { type Entity, type Field, fieldOf } from '../api/model';
import { type Ask, titled } from '../api/odata';

export function isNumber(field: Field): boolean {
  return ['money', 'decimal', 'quantity', 'integer'].includes(field.kind);
}

export function isCode(field: Field): boolean {
  return field.kind === 'text' && ['number', 'code'].includes(field.name);
}

/** Fields that a person may want as a column. */
export function columnable(entity: Entity): Field[] {
  return entity.fields.filter((f) => f.kind !== 'json' && f.kind !== 'file' && f.name !== 'company_id');
}

export function columnsOf(entity: Entity, chosen: string[] | undefined): Field[] {
  const names = chosen ?? entity.list;
  const found = names.map((n) => fieldOf(entity, n)).filter((f) => f !== undefined);
  return found.length > 0 ? found : columnable(entity).slice(0, 6);
}

export function widthOf(field: Field, entity: Entity): string {
  if (isCode(field)) return 'minmax(112px, 132px)';
  if (field.kind === 'date') return '112px';
  if (field.kind === 'instant') return '124px';
  if (isNumber(field)) return 'minmax(88px, 128px)';
  if (field.kind === 'bool') return 'minmax(72px, 96px)';
  if (field.kind === 'choice') return 'minmax(116px, 172px)';
  if (field.kind === 'ref') return 'minmax(120px, 2fr)';
  return field.name === entity.title ? 'minmax(160px, 3fr)' : 'minmax(110px, 2fr)';
}

/** What a list asks for: its columns, what their references are called, and the state for its mark. */
export function askFor(entity: Entity, columns: Field[]): Pick<Ask, 'select' | 'expand'> {
  const names = new Set(columns.map((c) => c.name));
  const title = fieldOf(entity, entity.title);
  if (title) names.add(title.name);
  if (entity.state) names.add(entity.state);
  const expand = columns.filter((c) => c.nav && c.target).map(titled);
  return { select: ['id', 'version', ...names], expand };
}

/** The four places of a row on the phone: name, figure, state, date. */
export function places(entity: Entity, columns: Field[]): Map<string, string> {
  const out = new Map<string, string>();
  const free = (test: (f: Field) => boolean) => columns.find((f) => test(f) && !out.has(f.name));
  const take = (place: string, field: Field | undefined) => field && out.set(field.name, place);
  const numbered = entity.title === 'number' || entity.title === 'id';
  const name = numbered ? free((f) => f.kind === 'ref') : free((f) => f.name === entity.title);
  take('p1', name ?? columns[0]);
  take('p2', free(isNumber));
  take('p3', free((f) => f.kind === 'choice') ?? free((f) => f.kind === 'ref' || f.kind === 'text'));
  take('p4', free((f) => f.kind === 'date' || f.kind === 'instant') ?? free((f) => f.kind === 'text'));
  return out;
}
