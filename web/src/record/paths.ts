/** Addresses of pages. */
import type { Entity } from '../api/model';

export function recordPath(entity: Entity, id: number | string): string {
  return `/${entity.set}/${id}`;
}

export function listPath(entity: Entity): string {
  return `/${entity.set}`;
}

/** A condition of a list in the address: field, word, value, and how the value is called. */
export type Word = [field: string, word: string, value?: string | number | boolean | null, shown?: string];

/** What the address of a list holds. */
export interface ListSearch {
  /** Words of the filter sentence. */
  f?: Word[];
  /** Free text. */
  q?: string;
  sort?: string;
  group?: string;
  /** Columns, where other than the first ones. */
  cols?: string[];
  /** Widths in pixels of columns that somebody pulled. */
  w?: Record<string, number>;
  /** Read from its last row upwards. */
  end?: boolean;
  show?: 'board';
  by?: string;
  /** The current record, and whether it is open beside the list. */
  at?: number;
  peek?: boolean;
  /** Records ticked. */
  sel?: number[];
}

/** Keys of the address as they come, with everything that does not fit left out. */
export function readListSearch(raw: Record<string, unknown>): ListSearch {
  const out: ListSearch = {};
  if (Array.isArray(raw.f))
    out.f = raw.f.filter((w): w is Word => Array.isArray(w) && typeof w[0] === 'string' && typeof w[1] === 'string');
  for (const name of ['q', 'sort', 'group', 'by'] as const) {
    const value = raw[name];
    if (typeof value === 'string' || typeof value === 'number') out[name] = String(value);
  }
  if (Array.isArray(raw.cols)) out.cols = raw.cols.filter((c) => typeof c === 'string');
  if (typeof raw.w === 'object' && raw.w !== null && !Array.isArray(raw.w))
    out.w = Object.fromEntries(Object.entries(raw.w).filter(([, px]) => typeof px === 'number' && px > 0));
  if (raw.end === true) out.end = true;
  if (raw.show === 'board') out.show = 'board';
  if (typeof raw.at === 'number') out.at = raw.at;
  if (raw.peek === true) out.peek = true;
  if (Array.isArray(raw.sel)) out.sel = raw.sel.filter((c) => typeof c === 'number');
  return out;
}
