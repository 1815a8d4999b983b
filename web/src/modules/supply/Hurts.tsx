/** What hurts: whom it hits when something comes later or stands, what it costs, and what would help. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { Button } from '../../ui/Button';
import { date, money, whole } from '../../ui/format';
import { NumberInput } from '../../ui/inputs';
import { DocLink, ItemLink, QuoteMark } from './marks';
import type { Hit } from './moving';

interface Option {
  kind: 'replan' | 'resource' | 'down' | 'material' | 'lead_time' | 'making';
  name?: string;
  saves: number;
}

interface Answer {
  late: Hit[];
  sooner: number;
  at_stake: number;
  /** Customers' lines that hang on it, late or not. */
  reached: number;
  options: Option[];
  /** Of an order that is asked about before it is confirmed: when it would be there. */
  on?: string | null;
}

export interface About {
  about:
    | 'PurchaseOrder'
    | 'WorkOrder'
    | 'TransferOrder'
    | 'WorkCenter'
    | 'Employee'
    | 'Downtime'
    | 'Absence'
    | 'Product'
    | 'Inspection'
    | 'SalesOrder';
  id: number;
}

/** What is recorded has its own end; everything else is asked for so many days. */
export function Hurts({
  about,
  id,
  days: first = 7,
  onDays,
}: About & { days?: number; onDays?: (days: number) => void }) {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const [days, setDays] = useState(first);
  const asked = useDeferredValue(days);
  const known = hasQuery(product, 'hurts');
  const fixed = ['Downtime', 'Absence', 'Inspection', 'SalesOrder'].includes(about);
  const query = useQuery({
    ...functionQuery<Answer>(product, null, 'hurts', { about, id, ...(fixed ? {} : { days: asked }) }),
    enabled: known,
  });
  if (!known || (query.error && !query.data)) return null;
  const put = (next: number) => {
    const within = Math.min(Math.max(0, Math.round(next)), 3650);
    setDays(within);
    onDays?.(within);
  };
  return (
    <section className="sec hurts" aria-label={t('hurts.title')}>
      <div className="head">
        <h2>{t(`hurts.about.${about}`)}</h2>
        {!fixed && (
          <span className="line days">
            <Button look="quiet" aria-label={t('hurts.fewer')} onClick={() => put(days - 1)}>
              −
            </Button>
            <NumberInput show={whole} aria-label={t('hurts.days')} value={days} onValue={(n) => n !== null && put(n)} />
            <Button look="quiet" aria-label={t('hurts.more')} onClick={() => put(days + 1)}>
              +
            </Button>
            <span>{t('hurts.days_word', { count: days })}</span>
          </span>
        )}
      </div>
      {query.data?.on && <p className="strong">{t('hurts.itself', { date: date(query.data.on) })}</p>}
      {query.data && <Found data={query.data} rush={about === 'SalesOrder'} />}
    </section>
  );
}

function Found({ data, rush }: { data: Answer; rush: boolean }) {
  const { t } = useTranslation();
  if (data.late.length === 0)
    return (
      <p className="ink2">
        {rush
          ? t('board.breaks_nothing')
          : data.reached > 0
            ? t('hurts.nobody_yet', { count: data.reached })
            : t('hurts.nobody')}
      </p>
    );
  return (
    <>
      <p aria-live="polite">
        <span className="strong bad">{t('hurts.late', { count: data.late.length, amount: money(data.at_stake) })}</span>{' '}
        <span className="ink3">{t(rush ? 'hurts.first_of_all' : 'hurts.as_it_is')}</span>
      </p>
      <ul className="peg">
        {data.late.slice(0, 30).map((o) => (
          <li key={`${o.line_id}-${o.id}`}>
            <span className="st bad-s">
              <span className="strong">{o.party ?? t(o.entity === 'WorkOrder' ? 'hurts.work_order' : 'plan.own')}</span>{' '}
              <DocLink doc={o} /> <QuoteMark of={o} /> <ItemLink id={o.product_id}>{o.product}</ItemLink>
            </span>
            <span className="end bad">
              {o.party
                ? t('board.days_late', { count: o.days, date: date(o.comes_on) })
                : t('board.material_late', { date: date(o.comes_on) })}
            </span>
            <span className="sub">
              {o.party ? `${t('plan.due', { date: date(o.due_on) })} · ${money(o.net)}` : o.for.join(', ')}
            </span>
          </li>
        ))}
      </ul>
      {data.options.length > 0 && (
        <>
          <h3 className="ink2">{t('hurts.options')}</h3>
          <ul className="peg options">
            {data.options.map((o) => (
              <li key={`${o.kind}-${o.name ?? ''}`}>
                <span className="st ok-s">{t(`hurts.option.${o.kind}`, { name: o.name })}</span>
                <span className="end">{t('hurts.saves', { amount: money(o.saves) })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
