import { useParams } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
import { entityOfSet, useModel } from '../api/model';
import { NewPage } from '../record/NewPage';
import { RecordPage } from '../record/RecordPage';
import { Missing } from './Missing';
import { recordPageOf } from './modules';

const loaded = new Map<string, ComponentType<{ id: number }>>();

function ownPage(entity: string): ComponentType<{ id: number }> | undefined {
  const page = recordPageOf(entity);
  if (page && !loaded.has(entity)) loaded.set(entity, lazy(page));
  return loaded.get(entity);
}

export default function RecordRoute() {
  const { set = '', id = '' } = useParams({ strict: false }) as { set?: string; id?: string };
  const entity = entityOfSet(useModel(), set);
  if (!entity || !(id === 'new' || /^\d+$/.test(id))) return <Missing />;
  if (id === 'new') return <NewPage key={entity.name} entity={entity} />;
  const Own = ownPage(entity.name);
  return Own ? <Own key={id} id={Number(id)} /> : <RecordPage key={`${set}-${id}`} entity={entity} id={Number(id)} />;
}
