/** A lot: where it lies, what it came from and where it went. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { choiceLabel, type Entity, fieldOf, hasQuery, useEntity, useModel } from '../../api/model';
import { functionQuery, listQuery, quoted } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { RecordPage } from '../../record/RecordPage';
import { date, quantity } from '../../ui/format';

export default function LotPage({ id }: { id: number }) {
  const entity = useEntity('Lot') as Entity;
  return (
    <RecordPage entity={entity} id={id} slots={(row) => ({ above: <Places row={row} />, below: <Ways row={row} /> })} />
  );
}

function Places({ row }: { row: Row }) {
  const { t } = useTranslation();
  const balances = useEntity('StockBalance');
  const filter = `product_id eq ${row.product_id} and lot eq ${quoted(String(row.lot))} and on_hand ne 0`;
  const asked = useQuery({
    ...listQuery(balances, { filter, expand: ['location($select=id,title)'], top: 100 }),
    enabled: balances !== undefined,
  });
  if (!balances || !asked.data) return null;
  return (
    <section className="sec" aria-label={t('lots.lies')}>
      <h2>{t('lots.lies')}</h2>
      {asked.data.length === 0 && <p className="ink2">{t('lots.gone')}</p>}
      <ul className="peg">
        {asked.data.map((b) => (
          <li key={b.id}>
            <span className={`st ${b.condition === 'good' ? 'ok-s' : 'warn-s'}`}>
              {(b.location as { title?: string } | null)?.title} ·{' '}
              {choiceLabel(fieldOf(balances, 'condition'), b.condition)}
            </span>
            <span className="end">{quantity(b.on_hand)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Step {
  level: number;
  number: string;
  product_id: number;
  lot: string;
  quantity: number;
  on?: string;
  product?: string;
  work_order_id?: number;
  receipt_id?: number;
  delivery_id?: number;
  supplier?: string;
  customer?: string;
}

function Ways({ row }: { row: Row }) {
  const { t } = useTranslation();
  const product = useEntity('Product');
  if (!product || !hasQuery(product, 'made_from')) return null;
  return (
    <>
      <Way product={product} row={row} name="made_from" title={t('lots.from')} />
      <Way product={product} row={row} name="went_into" title={t('lots.to')} />
    </>
  );
}

function Way({ product, row, name, title }: { product: Entity; row: Row; name: string; title: string }) {
  const { t } = useTranslation();
  const model = useModel();
  const asked = useQuery(
    functionQuery<{ value: Step[] }>(product, Number(row.product_id), name, { lot: String(row.lot) }),
  );
  const steps = asked.data?.value ?? [];
  const paper = (s: Step) => {
    const [entity, id] = s.work_order_id
      ? ['WorkOrder', s.work_order_id]
      : s.receipt_id
        ? ['Receipt', s.receipt_id]
        : ['Delivery', s.delivery_id ?? 0];
    const known = model.entities[entity as string];
    return known ? <Link to={recordPath(known, id as number)}>{s.number}</Link> : s.number;
  };
  return (
    <section className="sec" aria-label={title}>
      <h2>{title}</h2>
      {asked.isSuccess && steps.length === 0 && <p className="ink2">{t('lots.nothing')}</p>}
      <ul className="peg">
        {steps.map((s) => (
          <li
            key={`${s.level}-${s.number}-${s.product_id}-${s.lot}`}
            style={{ paddingInlineStart: `${s.level - 1}rem` }}
          >
            <span className="st">
              <span className="strong">{s.supplier ?? s.customer ?? s.product}</span>{' '}
              {s.lot && <span className="code">{s.lot}</span>}
            </span>
            <span className="end">{quantity(s.quantity)}</span>
            <span className="sub">
              {paper(s)}
              {s.on && ` · ${date(s.on)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
