import { useParams } from '@tanstack/react-router';
import { entityOfSet, useModel } from '../api/model';
import { ListPage } from '../record/ListPage';
import { Missing } from './Missing';
import { creationOf } from './modules';

export default function ListRoute() {
  const { set = '' } = useParams({ strict: false }) as { set?: string };
  const entity = entityOfSet(useModel(), set);
  return entity ? <ListPage key={entity.name} entity={entity} creation={creationOf(entity.name)} /> : <Missing />;
}
