/** The state of a list, all of it in the address, so that a link is a way to say "look at this". */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Entity, Field } from '../api/model';
import type { Ask } from '../api/odata';
import { dayToday } from '../ui/format';
import { askFor, columnsOf } from './columns';
import { filterOf } from './filter';
import type { ListSearch } from './paths';
import { useTelling } from './warehouses';

export interface ListState {
  search: ListSearch;
  columns: Field[];
  ask: Ask;
  change: (by: Partial<ListSearch>) => void;
  /** The whole state anew, as a view keeps it. */
  replace: (search: ListSearch) => void;
}

const NONE: ListSearch = {};

export function useListState(entity: Entity): ListState {
  const search = (useSearch({ strict: false }) as ListSearch | undefined) ?? NONE;
  const navigate = useNavigate();
  const columns = useTelling(useMemo(() => columnsOf(entity, search.cols), [entity, search.cols]));
  const ask = useMemo((): Ask => {
    const filter = filterOf(entity, search.f ?? [], dayToday());
    return {
      ...askFor(entity, columns),
      ...(filter ? { filter } : {}),
      ...(search.q ? { search: search.q } : {}),
      orderby: search.end ? turned(search.sort ?? usualOrder(entity)) : (search.sort ?? usualOrder(entity)),
      top: 100,
    };
  }, [entity, columns, search.f, search.q, search.sort, search.end]);
  const change = useCallback(
    (by: Partial<ListSearch>) => {
      const to = (now: ListSearch) => {
        const next: Record<string, unknown> = { ...now, ...by };
        for (const [name, value] of Object.entries(next)) {
          if (value === undefined || value === '' || value === false || isEmpty(value)) delete next[name];
        }
        return next;
      };
      void navigate({ search: to as never, replace: true, to: '.' });
    },
    [navigate],
  );
  const replace = useCallback((next: ListSearch) => void navigate({ to: '.', search: next as never }), [navigate]);
  return { search, columns, ask, change, replace };
}

/** Documents latest first, everything else by what it is called. */
export function usualOrder(entity: Entity): string {
  const title = entity.fields.find((f) => f.name === entity.title);
  if (title?.kind !== 'text' || ['number', 'id'].includes(title.name)) return 'id desc';
  return title.name;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The same order read from its other end; ties are broken by the id, in the direction of the last word. */
export function turned(order: string): string {
  return order
    .split(',')
    .map((part) => (/ desc$/.test(part.trim()) ? part.trim().replace(/ desc$/, '') : `${part.trim()} desc`))
    .join(',');
}
