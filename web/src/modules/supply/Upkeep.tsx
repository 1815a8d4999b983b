/** When maintenance is due, by the calendar or by the hours that a work center runs, and what of its parts is not there. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { date, quantity } from '../../ui/format';
import { DocLink } from './marks';

interface Due {
  maintenance_id: number;
  name: string;
  work_center_id: number;
  /** Nothing where it counts hours and the work center does not run. */
  due_on: string | null;
  by: 'calendar' | 'meter' | null;
  overdue_days: number;
  every_hours: number | null;
  hours_since: number;
  parts: { product_id: number; product: string; quantity: number; free: number }[];
}

/** Hours are read to the tenth. */
const hours = (n: number) => quantity(Math.round(n * 10) / 10);

/** Of a work center, or of one plan. */
export function Upkeep({ center, plan }: { center?: number; plan?: number }) {
  const { t } = useTranslation();
  const entity = useEntity('Maintenance');
  const known = hasQuery(entity, 'due');
  const { data } = useQuery({ ...functionQuery<{ value: Due[] }>(entity, null, 'due'), enabled: known });
  const rows = (data?.value ?? []).filter((d) => d.work_center_id === center || d.maintenance_id === plan);
  if (rows.length === 0) return null;
  return (
    <section className="sec" aria-label={t('upkeep.title')}>
      <div className="head">
        <h2>{t('upkeep.title')}</h2>
      </div>
      <ul className="peg">
        {rows.map((d) => (
          <li key={d.maintenance_id}>
            {plan === undefined && (
              <DocLink doc={{ entity: 'Maintenance', id: d.maintenance_id, number: d.name }}>{d.name}</DocLink>
            )}
            <span>
              {d.due_on ? t(`upkeep.by_${d.by}`, { on: date(d.due_on) }) : t('upkeep.never')}
              {d.every_hours !== null && (
                <span className="ink3">
                  {' · '}
                  {t('upkeep.ran', { since: hours(d.hours_since), every: hours(d.every_hours) })}
                </span>
              )}
              <Missing parts={d.parts} />
            </span>
            {d.overdue_days > 0 && (
              <span className="st bad-s end">{t('upkeep.overdue', { count: d.overdue_days })}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Missing({ parts }: { parts: Due['parts'] }) {
  const { t } = useTranslation();
  const missing = parts.filter((p) => p.free < p.quantity);
  if (missing.length === 0) return null;
  const names = missing.map((p) => `${quantity(p.quantity - Math.max(p.free, 0))} × ${p.product}`);
  return <span className="ink3"> · {t('upkeep.missing', { parts: names.join(', ') })}</span>;
}
