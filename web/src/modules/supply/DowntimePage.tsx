import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Hurts } from './Hurts';

/** A downtime, with whom it hits: said as soon as it is recorded. */
export default function DowntimePage({ id }: { id: number }) {
  const entity = useEntity('Downtime') as Entity;
  return <RecordPage entity={entity} id={id} slots={() => ({ above: <Hurts about="Downtime" id={id} /> })} />;
}
