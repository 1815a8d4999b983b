import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Upkeep } from './Upkeep';

/** A maintenance plan, with the day on which it is due. */
export default function MaintenancePage({ id }: { id: number }) {
  const entity = useEntity('Maintenance') as Entity;
  return <RecordPage entity={entity} id={id} slots={() => ({ above: <Upkeep plan={id} /> })} />;
}
