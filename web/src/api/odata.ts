/** Reading: lists, records, counts, sums, functions and the search, as queries of TanStack Query. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, type Row, request } from './client';
import type { Entity, Field } from './model';
import { inWords } from './words';

export interface Page<T = Row> {
  value: T[];
  '@odata.nextLink'?: string;
  '@odata.count'?: number;
}

export interface Ask {
  filter?: string;
  orderby?: string;
  search?: string;
  select?: string[];
  expand?: string[];
  top?: number;
}

export function query(ask: Ask): string {
  const parts: [string, string | undefined][] = [
    ['$filter', ask.filter],
    ['$orderby', ask.orderby],
    ['$search', ask.search],
    ['$select', ask.select?.join(',')],
    ['$expand', ask.expand?.join(',')],
    ['$top', ask.top?.toString()],
  ];
  const given = parts.filter((p): p is [string, string] => Boolean(p[1]));
  return given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** The way to what a reference is called. */
export function titled(field: Field): string {
  return `${field.nav}($select=id,title)`;
}

export function fetchPage<T = Row>(set: string, ask: Ask, signal?: AbortSignal): Promise<Page<T>> {
  return call<Page<T>>('GET', `/odata/${set}?${query(ask)}`, signal ? { signal } : {});
}

/** A question about what is not installed, or not for this person, is not asked (see `enabled`). */
function nameOf(entity: Entity | undefined): string {
  return entity?.name ?? '';
}

function setOf(entity: Entity | undefined): string {
  return entity?.set ?? '';
}

export function listQuery<T = Row>(entity: Entity | undefined, ask: Ask) {
  return queryOptions({
    queryKey: ['odata', nameOf(entity), 'list', ask],
    enabled: entity !== undefined,
    queryFn: async ({ signal }) => inWords(nameOf(entity), (await fetchPage<T>(setOf(entity), ask, signal)).value),
    placeholderData: keepPreviousData,
  });
}

/** A list that goes on for as long as somebody scrolls, page after page by key. */
export function endlessQuery(entity: Entity, ask: Ask) {
  return infiniteQueryOptions({
    queryKey: ['odata', entity.name, 'endless', ask],
    queryFn: async ({ pageParam, signal }) => inWords(entity.name, await call<Page>('GET', pageParam, { signal })),
    initialPageParam: `/odata/${entity.set}?${query(ask)}`,
    getNextPageParam: (page: Page) => page['@odata.nextLink'],
    placeholderData: keepPreviousData,
  });
}

export function countQuery(entity: Entity | undefined, ask: Pick<Ask, 'filter' | 'search'>) {
  return queryOptions({
    queryKey: ['odata', nameOf(entity), 'count', ask],
    enabled: entity !== undefined,
    queryFn: async ({ signal }) => {
      const response = await request('GET', `/odata/${setOf(entity)}/$count?${query(ask)}`, { signal });
      return Number(await response.text());
    },
    placeholderData: keepPreviousData,
  });
}

export function applyQuery(entity: Entity | undefined, ask: Pick<Ask, 'filter' | 'search'>, apply: string) {
  return queryOptions({
    queryKey: ['odata', nameOf(entity), 'apply', ask, apply],
    enabled: entity !== undefined,
    queryFn: async ({ signal }) => {
      const path = `/odata/${setOf(entity)}?$apply=${encodeURIComponent(apply)}&${query(ask)}`;
      return (await call<Page<Record<string, unknown>>>('GET', path, { signal })).value;
    },
    placeholderData: keepPreviousData,
  });
}

/** A record with what its references are called, and its lines with theirs. */
export function recordQuery(entity: Entity | undefined, id: number, all: Record<string, Entity>) {
  const expand = (entity?.fields ?? []).filter((f) => f.nav && f.target).map(titled);
  for (const lines of entity?.lines ?? []) {
    const inner = (all[lines.entity]?.fields ?? []).filter((f) => f.nav && f.target && f.target in all).map(titled);
    expand.push(inner.length > 0 ? `${lines.name}($expand=${inner.join(',')})` : lines.name);
  }
  return queryOptions({
    queryKey: ['odata', nameOf(entity), 'record', id],
    enabled: entity !== undefined,
    queryFn: async ({ signal }) =>
      inWords(
        nameOf(entity),
        await call<Row>('GET', `/odata/${setOf(entity)}(${id})?${query({ expand })}`, { signal }),
      ),
  });
}

export type Arguments = Record<string, string | number | boolean | null | undefined>;

export function functionPath(set: string, id: number | null, name: string, args: Arguments): string {
  const given = Object.entries(args)
    .filter(([, v]) => v !== undefined && v !== null && v !== '')
    .map(
      ([n, v]) =>
        `${n}=${encodeURIComponent(typeof v === 'string' && /[,()' ]/.test(v) ? `'${v.replaceAll(',', ' ')}'` : String(v))}`,
    );
  return `/odata/${set}${id === null ? '' : `(${id})`}/${name}(${given.join(',')})`;
}

/** A query of a module: about one record, or about all. */
export function functionQuery<T>(entity: Entity | undefined, id: number | null, name: string, args: Arguments = {}) {
  return queryOptions({
    queryKey: ['odata', nameOf(entity), 'fn', name, id, args],
    enabled: entity !== undefined,
    queryFn: async ({ signal }) =>
      inWords(nameOf(entity), await call<T>('GET', functionPath(setOf(entity), id, name, args), { signal })),
    retry: false,
    placeholderData: keepPreviousData,
  });
}

export interface Hit {
  entity: string;
  id: number;
  title: string;
  note: string;
}

export function searchQuery(text: string, entities: string[] = [], top = 12) {
  return queryOptions({
    queryKey: ['odata', 'search', text, entities, top],
    queryFn: async ({ signal }) => (await search(text, entities, top, signal)) as Hit[],
    enabled: text.trim().length > 0,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

export async function search(text: string, entities: string[], top: number, signal?: AbortSignal): Promise<Hit[]> {
  const only = entities.length > 0 ? `&entities=${entities.join(',')}` : '';
  const path = `/odata/$search?q=${encodeURIComponent(text)}&top=${top}${only}`;
  const hits = (await call<{ value: Hit[] }>('GET', path, signal ? { signal } : {})).value;
  return hits.map((hit) => inWords(hit.entity, hit));
}

/** A text inside of a filter. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
