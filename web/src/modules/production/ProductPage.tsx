/** A product, with the way to what it is made of. */
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, useEntity } from '../../api/model';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';

export default function ProductPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const entity = useEntity('Product') as Entity;
  const bills = useEntity('Bill');
  const slots = (row: Row): RecordSlots => {
    // What it is a kit of stands below, where it is none.
    const low = row.kind === 'kit' ? [] : ['contents'];
    const hides = row.environment === 'engineer_to_order' ? [] : ['engineering_days'];
    if (!bills || row.kind !== 'goods') return { low, hides };
    const to = { to: '/bill', search: { product_id: row.id, product: row.title } as never };
    return {
      low,
      hides,
      strip: (
        <p>
          <Link {...to}>{t('bill.tree')}</Link> <kbd aria-hidden="true">B</kbd>
        </p>
      ),
      actions: [{ id: 'bill', label: t('bill.tree'), keys: ['b'], words: bills.label, run: () => void navigate(to) }],
    };
  };
  return <RecordPage entity={entity} id={id} slots={slots} />;
}
