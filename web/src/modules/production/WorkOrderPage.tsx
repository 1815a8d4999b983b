/** A work order: what is reported stands on the job card of the shop floor. */
import { useNavigate } from '@tanstack/react-router';
import type { Row } from '../../api/client';
import { type Entity, useEntity } from '../../api/model';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';

export default function WorkOrderPage({ id }: { id: number }) {
  const entity = useEntity('WorkOrder') as Entity;
  const navigate = useNavigate();
  const slots = (row: Row): RecordSlots => {
    const floor = () => void navigate({ to: '/floor', search: { order: row.id } as never });
    const works = Array.isArray(row.operations) && row.operations.length > 0;
    return works ? { instead: { start: floor, report: floor } } : {};
  };
  return <RecordPage entity={entity} id={id} slots={slots} />;
}
