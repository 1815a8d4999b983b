/** What is open with a customer, each kind a tab; every row leads to its document. */
import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, fieldOf, useModel } from '../../api/model';
import { listQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { plain } from '../../record/Value';
import { date, daysBetween, dayToday, money, quantity } from '../../ui/format';
import { State } from '../../ui/marks';

interface Kind {
  id: string;
  entity: string;
  /** Which of them are open, `%` is the customer. */
  filter: string;
  amount: string | null;
  dates: string[];
}

const KINDS: Kind[] = [
  {
    id: 'quotes',
    entity: 'SalesOrder',
    filter: "customer_id eq % and state in ('draft','quoted')",
    amount: 'net',
    dates: ['valid_until', 'ordered_on'],
  },
  {
    id: 'orders',
    entity: 'SalesOrder',
    filter: "customer_id eq % and state eq 'confirmed'",
    amount: 'net',
    dates: ['promised_on', 'requested_on', 'ordered_on'],
  },
  {
    id: 'deliveries',
    entity: 'Delivery',
    filter: "customer_id eq % and state eq 'draft'",
    amount: null,
    dates: ['planned_on'],
  },
  {
    id: 'invoices',
    entity: 'Invoice',
    filter: "customer_id eq % and state eq 'posted' and open ne 0",
    amount: 'open',
    dates: ['due_on'],
  },
  {
    id: 'opportunities',
    entity: 'Opportunity',
    filter: "party_id eq % and stage in ('lead','qualified','proposal')",
    amount: 'amount',
    dates: ['next_step_on', 'expected_on'],
  },
  {
    id: 'purchases',
    entity: 'PurchaseOrder',
    filter: "supplier_id eq % and state in ('draft','confirmed')",
    amount: 'net',
    dates: ['expected_on'],
  },
];

const MOST = 40;

export function OpenItems({ id }: { id: number }) {
  const { t } = useTranslation();
  const model = useModel();
  const [tab, setTab] = useState('open');
  const kinds = KINDS.filter((k) => model.entities[k.entity]);
  const found = useQueries({
    queries: kinds.map((k) =>
      listQuery(model.entities[k.entity] as Entity, {
        filter: k.filter.replace('%', String(id)),
        orderby: 'id desc',
        top: MOST,
      }),
    ),
  });
  const rows = kinds.flatMap((kind, i) => (found[i]?.data ?? []).map((row) => ({ kind, row })));
  const counts = new Map(kinds.map((k, i) => [k.id, found[i]?.data?.length ?? 0]));
  const tabs = [
    { id: 'open', n: rows.length },
    ...kinds.filter((k) => counts.get(k.id)).map((k) => ({ id: k.id, n: counts.get(k.id) ?? 0 })),
  ];
  const shown = tab === 'open' ? rows : rows.filter((r) => r.kind.id === tab);
  const waiting = found.some((f) => f.isPending);
  return (
    <section className="sec" aria-label={t('customer.open')}>
      <div className="tabs" role="tablist" aria-label={t('customer.open')}>
        {tabs.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            id={`tab-${one.id}`}
            aria-selected={tab === one.id}
            aria-controls="open-items"
            onClick={() => setTab(one.id)}
          >
            {t(`customer.tabs.${one.id}`)} <span className="count">{one.n >= MOST ? `${one.n}+` : one.n}</span>
          </button>
        ))}
      </div>
      <div id="open-items" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {shown.length === 0 ? (
          <p className="ink3 none-open">{waiting ? '' : t('customer.nothing_open')}</p>
        ) : (
          <table className="t in-sec cards">
            <caption className="sr">{t('customer.open')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('customer.number')}</th>
                <th scope="col">{t('customer.what')}</th>
                <th scope="col">{t('customer.stands')}</th>
                <th scope="col" className="num">
                  {t('customer.amount')}
                </th>
                <th scope="col" className="num">
                  {t('customer.date')}
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ kind, row }) => (
                <Item
                  key={`${kind.id}-${row.id}`}
                  kind={kind}
                  row={row}
                  entity={model.entities[kind.entity] as Entity}
                />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function Item({ kind, row, entity }: { kind: Kind; row: Row; entity: Entity }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const to = recordPath(entity, row.id);
  const state = fieldOf(entity, entity.state ?? '');
  const day = kind.dates.map((d) => row[d]).find((d): d is string => typeof d === 'string');
  const late = kind.id === 'invoices' && day !== undefined && day < dayToday() ? daysBetween(day, dayToday()) : 0;
  const what = String(
    row.your_reference || row.text || row.note || (entity.title === 'title' ? row.title : '') || entity.label,
  );
  const amount = kind.amount ? money(row[kind.amount]) : Number(row.to_deliver) > 0 ? quantity(row.to_deliver) : '';
  return (
    <tr onClick={(e) => !(e.target as HTMLElement).closest('a') && void navigate({ to })}>
      <td className="code">
        <Link className="name" to={to}>
          {String(row.number || row.title || entity.label)}
        </Link>
      </td>
      <td className="cutcell p1 wide-what">{what}</td>
      <td className="p3">
        {late > 0 ? (
          <span className="st bad-s">{t('customer.days_overdue', { count: late })}</span>
        ) : (
          state && <State state={String(row[state.name])}>{plain(state, row, '', '')}</State>
        )}
      </td>
      <td className="num p2">{amount}</td>
      <td className="num ink2 p4">{date(day)}</td>
    </tr>
  );
}
