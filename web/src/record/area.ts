/** How areas are called: in the words of the app, else in those of the module. */
import { useTranslation } from 'react-i18next';
import { type Entity, useModel } from '../api/model';
import { listPath } from './paths';
import type { Crumb } from './Top';

export function useAreaLabel(): (name: string) => string {
  const { t, i18n } = useTranslation();
  const model = useModel();
  return (name) =>
    i18n.exists(`areas.${name}`) ? t(`areas.${name}`) : (model.areas.find((a) => a.name === name)?.label ?? name);
}

/** The way from the area to the list, and to the record in it. */
export function useCrumbs(entity: Entity, inside: boolean): Crumb[] {
  const label = useAreaLabel();
  const list = listPath(entity);
  const area = entity.area ? [{ label: label(entity.area), to: list }] : [];
  return inside ? [...area, { label: entity.labels, to: list }] : area;
}
