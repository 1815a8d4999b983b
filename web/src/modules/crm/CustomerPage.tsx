/** Everything about a customer: what is owed and open, what they earn us, who is who, what was said. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { type Entity, fieldOf, hasQuery, type Model, useEntity, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { listPath } from '../../record/paths';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';
import { money, percent } from '../../ui/format';
import { Figure, Figures, ReadyFor } from '../../ui/marks';
import { Problem } from '../../ui/notes';
import { DatesAtRisk } from './DatesAtRisk';
import { OpenItems } from './OpenItems';
import type { Overview } from './overview';
import { Profit } from './Profit';
import { RelationStory } from './RelationStory';
import { WhoIsWho } from './WhoIsWho';

export default function CustomerPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const entity = useEntity('Party') as Entity;
  const model = useModel();
  const known = hasQuery(entity, 'overview');
  const { data, error } = useQuery({ ...functionQuery<Overview>(entity, id, 'overview'), enabled: known });
  const slots = (row: Row): RecordSlots => {
    const order = () =>
      void navigate({ to: '/order-desk', search: { customer_id: row.id, customer: row.title } as never });
    const sells = row.is_supplier !== true || row.is_customer === true;
    return {
      figures: data ? <OverviewFigures data={data} row={row} model={model} /> : undefined,
      ready:
        data && sells ? (
          <ReadyFor
            title={t('ready.title')}
            steps={Object.entries(data.ready).map(([name, state]) => ({
              name: t(`ready.${name}`, { defaultValue: name }),
              state,
            }))}
          />
        ) : undefined,
      primary: sells && model.entities.SalesOrder ? { label: t('desk.new'), run: order } : undefined,
      above: (
        <>
          {error && <Missing error={error} />}
          <DatesAtRisk id={row.id} open={sells && (data?.open_orders.count ?? 0) > 0} />
          <OpenItems id={row.id} />
          {data && <Profit id={row.id} data={data} />}
        </>
      ),
      side: <WhoIsWho row={row} data={data} entity={entity} />,
      story: <RelationStory id={row.id} entity={entity} />,
    };
  };
  return <RecordPage entity={entity} id={id} slots={slots} />;
}

function Missing({ error }: { error: Error }) {
  const { t } = useTranslation();
  return (
    <div className="sec">
      <Problem message={error instanceof Refused && error.status === 403 ? t('customer.not_for_you') : error.message} />
    </div>
  );
}

function OverviewFigures({ data, row, model }: { data: Overview; row: Row; model: Model }) {
  const { t } = useTranslation();
  const year = data.profit.years.at(-1);
  const at = (name: string, words: unknown[]) => {
    const entity = model.entities[name];
    return entity ? `${listPath(entity)}?f=${encodeURIComponent(JSON.stringify(words))}` : undefined;
  };
  const whose = fieldOf(model.entities.Invoice ?? model.entities.Party ?? ({ fields: [] } as never), 'customer_id')
    ? 'customer_id'
    : 'party_id';
  const mine = [whose, 'is', row.id, String(row.title)];
  return (
    <Figures>
      <Figure label={t('customer.owed')}>
        <Opens to={at('Invoice', [mine, ['state', 'is', 'posted'], ['open', 'not', 0]])}>{money(data.owed)}</Opens>
      </Figure>
      <Figure
        label={t('customer.overdue')}
        tone={data.overdue > 0 ? 'bad' : ''}
        sub={data.overdue > 0 ? undefined : t('customer.nothing_overdue')}
      >
        <Opens to={at('Invoice', [mine, ['state', 'is', 'posted'], ['open', 'not', 0], ['due_on', 'before', 'today']])}>
          {money(data.overdue)}
        </Opens>
      </Figure>
      <Figure
        label={t('customer.credit_left')}
        sub={
          data.credit_limit === null
            ? t('customer.no_limit')
            : t('customer.of_limit', { amount: money(data.credit_limit) })
        }
        tone={(data.credit_left ?? 0) < 0 ? 'bad' : ''}
      >
        {data.credit_left === null ? '–' : money(data.credit_left)}
      </Figure>
      <Figure
        label={t('customer.open_orders')}
        sub={t('customer.orders_quotes', { orders: data.open_orders.count, quotes: data.open_quotes.count })}
      >
        <Opens to={at('SalesOrder', [mine, ['state', 'is', 'confirmed']])}>{money(data.open_orders.amount)}</Opens>
      </Figure>
      <Figure
        label={year ? t('customer.profit_of', { year: year.year }) : t('customer.profit')}
        sub={
          year?.revenue
            ? t('customer.of_revenue', { percent: percent(year.profit / year.revenue), amount: money(year.revenue) })
            : t('customer.no_sales')
        }
      >
        <a href="#profit">{year ? money(year.profit) : money(0)}</a>
      </Figure>
    </Figures>
  );
}

function Opens({ to, children }: { to: string | undefined; children: string }) {
  const navigate = useNavigate();
  if (!to) return children;
  return (
    <a
      href={to}
      onClick={(e) => {
        if (e.ctrlKey || e.metaKey) return;
        e.preventDefault();
        void navigate({ href: to });
      }}
    >
      {children}
    </a>
  );
}
