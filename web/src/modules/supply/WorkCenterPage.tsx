import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Hurts } from './Hurts';
import { Oee } from './Oee';

/** A work center, with how well it is used and whom it hits if it stands. */
export default function WorkCenterPage({ id }: { id: number }) {
  const entity = useEntity('WorkCenter') as Entity;
  return (
    <RecordPage
      entity={entity}
      id={id}
      slots={() => ({
        below: (
          <>
            <Oee entity={entity} id={id} />
            <Hurts about="WorkCenter" id={id} days={1} />
          </>
        ),
      })}
    />
  );
}
