import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Hurts } from './Hurts';
import { Oee } from './Oee';
import { Upkeep } from './Upkeep';

/** A work center, with its maintenance, how well it is used, and whom it hits if it stands. */
export default function WorkCenterPage({ id }: { id: number }) {
  const entity = useEntity('WorkCenter') as Entity;
  return (
    <RecordPage
      entity={entity}
      id={id}
      slots={() => ({
        low: ['changeovers'],
        below: (
          <>
            <Upkeep center={id} />
            <Oee entity={entity} id={id} />
            <Hurts about="WorkCenter" id={id} days={1} />
          </>
        ),
      })}
    />
  );
}
