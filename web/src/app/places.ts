/** Everywhere one can go: pages of modules and lists of entities, by area. */
import { useTranslation } from 'react-i18next';
import { type Area, inOrder, useModel } from '../api/model';
import { listPath } from '../record/paths';
import { pages } from './modules';

export interface Place {
  path: string;
  label: string;
  area: string;
  keys?: string[];
}

export interface AreaPlaces {
  name: string;
  label: string;
  key: string;
  places: Place[];
}

const LETTERS: Record<string, string> = {
  relationships: 'r',
  sales: 's',
  plan: 'l',
  purchasing: 'p',
  production: 'o',
  warehouse: 'w',
  finance: 'f',
  people: 'e',
  equipment: 'q',
  documents: 'd',
  processes: 'c',
  settings: ',',
};

/** Areas that concern this person, with what stands in each. */
export function useAreas(): AreaPlaces[] {
  const model = useModel();
  const { t, i18n } = useTranslation();
  const called = (a: Area) => (i18n.exists(`areas.${a.name}`) ? t(`areas.${a.name}`) : a.label);
  const own = pages.filter((p) => p.area && !p.path.includes('$') && (!p.needs || p.needs in model.entities));
  // An area may have pages and no list of its own.
  const paged = own.filter((p) => p.area && !model.areas.some((a) => a.name === p.area));
  const all = inOrder({
    ...model,
    areas: [...model.areas, ...paged.map((p) => ({ name: p.area ?? '', label: p.area ?? '', entities: [] }))],
  }).areas;
  const names = new Map(all.map((a) => [a.name, called(a)]));
  return [...names].map(([name, label]) => {
    const lists = (model.areas.find((a) => a.name === name)?.entities ?? [])
      .map((e) => model.entities[e])
      .filter((e) => e !== undefined && !e.parent)
      .map((e) => ({ path: e ? listPath(e) : '', label: e?.labels ?? '', area: name }));
    const mine = own
      .filter((p) => p.area === name)
      .map((p) => ({ path: `/${p.path}`, label: t(p.label), area: name, ...(p.keys ? { keys: p.keys } : {}) }));
    return { name, label, key: LETTERS[name] ?? '', places: [...mine, ...lists] };
  });
}

export function usePlaces(): Place[] {
  const { t } = useTranslation();
  const areas = useAreas();
  return [
    { path: '/today', label: t('today.title'), area: '', keys: ['g t'] },
    ...areas.flatMap((a) =>
      a.places
        .slice(0, 1)
        .map((p) => ({ path: p.path, label: a.label, area: a.name, keys: a.key ? [`g ${a.key}`] : [] })),
    ),
  ];
}
