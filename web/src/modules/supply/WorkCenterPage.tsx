import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Hurts } from './Hurts';

/** A work center, with whom it hits if it stands. */
export default function WorkCenterPage({ id }: { id: number }) {
  const entity = useEntity('WorkCenter') as Entity;
  return (
    <RecordPage entity={entity} id={id} slots={() => ({ below: <Hurts about="WorkCenter" id={id} days={1} /> })} />
  );
}
