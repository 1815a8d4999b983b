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

/** The least width of a column in pixels, and its part of what is left over. */
function room(field: Field, entity: Entity): [least: number, part: number] {
  if (isCode(field)) return [124, 0];
  if (field.kind === 'date') return [112, 0];
  if (field.kind === 'instant') return [128, 0];
  if (isNumber(field)) return [116, 0];
  if (field.kind === 'bool') return [96, 0];
  if (field.kind === 'choice') return [136, 0];
  if (field.kind === 'ref') return [150, 2];
  return field.name === entity.title ? [180, 3] : [130, 2];
}

/** Widths that somebody pulled, by the name of the column. */
export type Widths = Record<string, number>;

const NARROWEST = 56;
const WIDEST = 900;

/** A column pulled to this width, within reason. */
export function pulledTo(widths: Widths | undefined, name: string, px: number): Widths {
  return { ...widths, [name]: Math.round(Math.max(NARROWEST, Math.min(WIDEST, px))) };
}

export function widthOf(field: Field, entity: Entity, widths: Widths | undefined): number {
  return widths?.[field.name] ?? room(field, entity)[0];
}

/** Columns as a grid, and the width below which it scrolls sideways. */
export function gridOf(columns: Field[], entity: Entity, pulled: Widths = {}): { template: string; least: number } {
  const rooms = columns.map((c): [number, number] => {
    const own = pulled[c.name];
    return own ? [own, 0] : room(c, entity);
  });
  // One column at least takes what is left, so that figures stay near their names.
  const free = columns.findIndex((c) => !pulled[c.name]);
  const filler = rooms.some(([, part]) => part > 0) ? -1 : free;
  const widths = rooms.map(([least, part], i) =>
    part > 0 || i === filler ? `minmax(${least}px, ${part || 1}fr)` : `${least}px`,
  );
  return { template: `36px ${widths.join(' ')}`, least: 76 + rooms.reduce((sum, [least]) => sum + least, 0) };
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
