/** A work order: what is reported stands on the job card of the shop floor. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, useEntity } from '../../api/model';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';
import { plain } from '../../record/Value';
import { Figure, Figures } from '../../ui/marks';
import { ForOrder } from './ForOrder';
import { pickList } from './jobs';

export default function WorkOrderPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('WorkOrder') as Entity;
  const navigate = useNavigate();
  const slots = (row: Row): RecordSlots => {
    const floor = () => void navigate({ to: '/floor', search: { order: row.id } as never });
    const works = Array.isArray(row.operations) && row.operations.length > 0;
    const figures = <WorkFigures entity={entity} row={row} />;
    const strip = <ForOrder row={row} label={t('work.made_for')} />;
    const papers = [{ name: 'pick_list', label: t('papers.pick_list'), url: pickList(entity, row.id), k: 'p' }];
    const slots = { figures, strip, papers, hides: ['order_entity'] };
    return works ? { ...slots, instead: { start: floor, report: floor } } : slots;
  };
  return <RecordPage entity={entity} id={id} slots={slots} />;
}

/** What is in the work; when it is closed, why it has cost more or less than what it made. */
function WorkFigures({ entity, row }: { entity: Entity; row: Row }) {
  const { t } = useTranslation();
  const money = entity.fields.filter((f) => f.kind === 'money' && f.readonly);
  const why = money.filter((f) => f.name.endsWith('_variance') && row[f.name] !== 0);
  const shown = why.length > 0 ? why : money.filter((f) => f.name.startsWith('wip'));
  return (
    <Figures>
      {shown.map((f) => (
        <Figure key={f.name} label={f.label}>
          {plain(f, row, t('app.yes'), t('app.no'))}
        </Figure>
      ))}
    </Figures>
  );
}
