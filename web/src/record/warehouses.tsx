/** The firm's warehouses: nobody is asked to choose, or shown, which one it is, where there is only one. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Field, useEntity } from '../api/model';
import { listQuery } from '../api/odata';
import { ChoiceInput, Labelled } from '../ui/inputs';

export interface Warehouse {
  id: number;
  name: string;
}

const ASK = { filter: 'archived eq false', select: ['id', 'name'], orderby: 'is_default desc,id', top: 100 };

/** All of them, the usual one first; none where there is only one. */
export function useWarehouses(asked = true): Warehouse[] {
  const entity = useEntity('Warehouse');
  const query = { ...listQuery<Warehouse>(entity, ASK), enabled: asked && entity !== undefined, staleTime: 60_000 };
  const all = useQuery(query).data ?? [];
  return all.length > 1 ? all : [];
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
