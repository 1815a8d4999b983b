/** Orders of this customer that the plan cannot bring in time, with the reason. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { hasQuery, useEntity, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { date, money } from '../../ui/format';

interface Late {
  entity: string;
  id: number;
  number: string;
  line_id: number;
  party_id: number | null;
  product: string;
  due_on: string;
  promised_on: string | null;
  comes_on: string;
  days: number;
  net: number;
  because: { kind: 'resource' | 'material' | 'lead_time' | 'making'; name: string }[];
}

export function DatesAtRisk({ id, open }: { id: number; open: boolean }) {
  const { t } = useTranslation();
  const model = useModel();
  const products = useEntity('Product');
  const asked = useQuery({
    ...functionQuery<{ late: Late[] }>(products, null, 'plan', { days: 0 }),
    enabled: open && hasQuery(products, 'plan'),
  });
  const late = (asked.data?.late ?? []).filter((l) => l.party_id === id);
  if (late.length === 0) return null;
  return (
    <section className="sec" aria-label={t('customer.at_risk')}>
      <div className="head">
        <h2>{t('customer.at_risk')}</h2>
        <span className="count">{late.length}</span>
      </div>
      <ul className="peg">
        {late.map((l) => {
          const entity = model.entities[l.entity];
          const [first] = l.because;
          return (
            <li key={l.line_id}>
              <span className="st bad-s">
                {entity ? (
                  <Link className="name code" to={recordPath(entity, l.id)}>
                    {l.number}
                  </Link>
                ) : (
                  l.number
                )}{' '}
                {l.product}
              </span>
              <span className="end bad">{t('board.days_late', { count: l.days, date: date(l.comes_on) })}</span>
              <span className="sub">
                {t('plan.due', { date: date(l.promised_on ?? l.due_on) })} · {money(l.net)}
                {first && ` · ${t(`desk.binds.${first.kind}`, { name: first.name })}`}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
