/** An invoice: what is open of it, and its paper. */
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, useEntity } from '../../api/model';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';
import { date, daysBetween, dayToday, money } from '../../ui/format';
import { Figure, Figures } from '../../ui/marks';

export default function InvoicePage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('Invoice') as Entity;
  const slots = (row: Row): RecordSlots => ({
    figures: <InvoiceFigures row={row} />,
    papers: [{ name: 'invoice', label: t('papers.invoice'), url: `/pdf/${entity.set}(${row.id})/invoice`, k: 'p' }],
  });
  return <RecordPage entity={entity} id={id} slots={slots} />;
}

function InvoiceFigures({ row }: { row: Row }) {
  const { t } = useTranslation();
  const due = row.due_on as string | null;
  const open = Number(row.open ?? 0);
  const late = due && open > 0 && row.state === 'posted' ? daysBetween(due, dayToday()) : 0;
  return (
    <Figures>
      <Figure label={t('desk.total')} sub={t('invoice.net_tax', { net: money(row.net), tax: money(row.tax) })}>
        {money(row.gross)}
      </Figure>
      <Figure
        label={t('invoice.open')}
        tone={late > 0 ? 'bad' : ''}
        sub={
          row.state !== 'posted'
            ? t('invoice.not_posted')
            : open === 0
              ? t('strip.paid')
              : late > 0
                ? t('customer.days_overdue', { count: late })
                : t('invoice.not_due')
        }
      >
        {money(open)}
      </Figure>
      <Figure label={t('invoice.due')}>{due ? date(due) : '–'}</Figure>
    </Figures>
  );
}
