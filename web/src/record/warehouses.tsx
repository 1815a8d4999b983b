/** The firm's warehouses: nobody is asked to choose, or shown, which one it is, where there is only one. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, type Field, useEntity } from '../api/model';
import { listQuery } from '../api/odata';
import { Button } from '../ui/Button';
import { ChoiceInput, Labelled } from '../ui/inputs';
import { Empty } from '../ui/notes';
import { listPath } from './paths';

export interface Warehouse {
  id: number;
  name: string;
}

const ASK = { filter: 'archived eq false', select: ['id', 'name'], orderby: 'is_default desc,id', top: 100 };

/** As far as they are known. */
function useAll(asked = true): Warehouse[] | undefined {
  const entity = useEntity('Warehouse');
  const query = { ...listQuery<Warehouse>(entity, ASK), enabled: asked && entity !== undefined, staleTime: 60_000 };
  return useQuery(query).data;
}

/** All of them, the usual one first; none where there is only one. */
export function useWarehouses(asked = true): Warehouse[] {
  const all = useAll(asked) ?? [];
  return all.length > 1 ? all : [];
}

/** Whether records are to be made here by whoever may: what goes between warehouses is not where there is only one. Where
 * it is asked of one entity, warehouses are looked at only if that goes between them. */
export function useMakeable(of?: Entity): (entity: Entity) => boolean {
  const all = useAll(of === undefined || goesBetween(of));
  const one = all !== undefined && all.length < 2;
  return useCallback((entity) => entity.rights.create && !(one && goesBetween(entity)), [one]);
}

/** It names the warehouse from which it goes and the one to which. */
function goesBetween(entity: Entity): boolean {
  return entity.fields.filter((f) => f.target === 'Warehouse' && f.required).length > 1;
}

/** In the place of what goes between warehouses: what to do before there can be any. */
export function OneWarehouse({ entity }: { entity: Entity }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const warehouses = useEntity('Warehouse');
  const action = warehouses?.rights.create && (
    <Button onClick={() => void navigate({ to: `${listPath(warehouses)}/new` })}>
      {t('list.new', { what: warehouses.label })}
    </Button>
  );
  return (
    <Empty title={t('list.none', { what: entity.labels })} action={action}>
      {t('list.one_warehouse', { what: entity.label })}
    </Empty>
  );
}

/** The fields without those that say in which warehouse, where that goes without saying. */
export function useTelling<F extends Pick<Field, 'target' | 'required'>>(fields: F[]): F[] {
  const several = useWarehouses(fields.some((f) => f.target === 'Warehouse')).length > 0;
  return useMemo(() => (several ? fields : fields.filter((f) => f.target !== 'Warehouse')), [fields, several]);
}

/** Which of them; the first one where nothing is said. */
export function WarehouseChoice({
  label,
  value,
  onValue,
}: {
  label: string;
  value: number | null;
  onValue: (value: number | null) => void;
}) {
  const all = useWarehouses();
  if (all.length === 0) return null;
  return (
    <Labelled label={label}>
      {(ids) => (
        <ChoiceInput
          {...ids}
          value={String(value ?? all[0]?.id)}
          onValue={(next) => onValue(next === null || Number(next) === all[0]?.id ? null : Number(next))}
          choices={all.map((w) => ({ value: String(w.id), label: w.name }))}
        />
      )}
    </Labelled>
  );
}
