/** What hangs on a bill: what its product goes into, and what a revision leaves behind. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { date, quantity } from '../../ui/format';

interface Impact {
  used_in: {
    level: number;
    bill_id: number;
    revision: number;
    product_id: number;
    product: string;
    quantity: number;
  }[];
  open_orders: { id: number; number: string; state: string; quantity: number; starts_on: string }[];
  run_out: { product_id: number; product: string; on_hand: number; free: number; also_used_by: number }[];
}

export function BillRevision({ entity, id, revision }: { entity: Entity; id: number; revision: number }) {
  const { t } = useTranslation();
  const { entities } = useModel();
  const known = hasQuery(entity, 'impact');
  const { data } = useQuery({ ...functionQuery<Impact>(entity, id, 'impact'), enabled: known });
  if (!data) return null;
  const { Bill, WorkOrder, Product } = entities;
  return (
    <section className="sec touches" aria-label={t('bill.touches')}>
      <div className="head">
        <h2>{t('bill.touches')}</h2>
      </div>
      {data.used_in.length === 0 && <p className="ink2">{t('bill.goes_nowhere')}</p>}
      <ul className="peg">
        {data.used_in.map((u) => (
          <li key={`${u.level}-${u.bill_id}`} style={{ paddingLeft: `${(u.level - 1) * 20}px` }}>
            <span>
              {Bill ? <Link to={recordPath(Bill, u.bill_id)}>{u.product}</Link> : u.product}
              {u.revision > 1 && <span className="ink3"> {t('bill.revision', { n: u.revision })}</span>}
            </span>
            <span className="end">{t('bill.takes', { n: quantity(u.quantity) })}</span>
          </li>
        ))}
      </ul>
      {revision > 1 && (
        <>
          <h3 className="ink2">{t('bill.by_old')}</h3>
          {data.open_orders.length === 0 && <p className="ink2">{t('bill.none_by_old')}</p>}
          <ul className="peg">
            {data.open_orders.map((o) => (
              <li key={o.id}>
                <span>{WorkOrder ? <Link to={recordPath(WorkOrder, o.id)}>{o.number}</Link> : o.number}</span>
                <span className="end">
                  {quantity(o.quantity)} · {date(o.starts_on)}
                </span>
              </li>
            ))}
          </ul>
          <h3 className="ink2">{t('bill.run_out')}</h3>
          {data.run_out.length === 0 && <p className="ink2">{t('bill.none_runs_out')}</p>}
          <ul className="peg">
            {data.run_out.map((p) => (
              <li key={p.product_id}>
                <span>{Product ? <Link to={recordPath(Product, p.product_id)}>{p.product}</Link> : p.product}</span>
                <span className="end">
                  {t('bill.left', { n: quantity(p.on_hand), free: quantity(p.free), count: p.also_used_by })}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
