import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Hurts } from './Hurts';

/** A purchase order, with whom it hits if it slips. */
export default function PurchaseOrderPage({ id }: { id: number }) {
  const entity = useEntity('PurchaseOrder') as Entity;
  return (
    <RecordPage
      entity={entity}
      id={id}
      slots={(row) => (row.state === 'confirmed' ? { below: <Hurts about="PurchaseOrder" id={id} /> } : {})}
    />
  );
}
