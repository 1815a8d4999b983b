/** What a customer earns us, year by year, from the ledger; each year opens to its entries. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { originPath } from '../../record/Value';
import { date, money, percent, quantity } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars } from '../../ui/notes';
import type { Overview } from './overview';

export function Profit({ id, data }: { id: number; data: Overview }) {
  const { t } = useTranslation();
  const [year, setYear] = useState<number | null>(null);
  const years = data.profit.years;
  const most = Math.max(1, ...years.map((y) => Math.max(y.revenue, Math.abs(y.profit))));
  const latest = years.at(-1)?.year ?? null;
  useActions(
    latest === null
      ? []
      : [
          {
            id: 'profit',
            label: t('customer.open_profit'),
            keys: ['t'],
            run: () => setYear(year === null ? latest : null),
          },
        ],
  );
  return (
    <div className="two" id="profit">
      <section className="sec" aria-label={t('customer.profit_by_year')}>
        <div className="head">
          <h2>{t('customer.profit_by_year')}</h2>
          <span className="count">{t('customer.from_ledger')}</span>
        </div>
        {years.length === 0 && <p className="ink3">{t('customer.no_sales')}</p>}
        <div className="barsy">
          {years.map((y) => (
            <button
              key={y.year}
              type="button"
              className="bary"
              aria-expanded={year === y.year}
              onClick={() => setYear(year === y.year ? null : y.year)}
            >
              <span className={year === y.year ? 'bold' : 'ink2'}>{y.year}</span>
              <span className="track">
                <i className="rev" style={{ width: `${(y.revenue / most) * 100}%` }} />
                <i style={{ width: `${(Math.max(0, y.profit) / most) * 100}%` }} />
              </span>
              <span className="num">{money(y.profit)}</span>
              <span className="num ink2">{y.revenue ? percent(y.profit / y.revenue) : ''}</span>
            </button>
          ))}
        </div>
        {years.length > 0 && (
          <p className="legend small ink2">
            <span>
              <i className="c1" />
              {t('customer.profit')}
            </span>
            <span>
              <i className="c2" />
              {t('customer.revenue')}
            </span>
          </p>
        )}
        {data.profit.sales_before_start > 0 && (
          <p className="ink3 small">{t('customer.before_start', { amount: money(data.profit.sales_before_start) })}</p>
        )}
        {year !== null && <Entries id={id} year={year} />}
      </section>
      <Usual data={data} />
    </div>
  );
}

interface ProfitEntry {
  entry_id: number;
  number: string;
  posted_on: string;
  account: string;
  profit: number;
  text: string;
  source_entity: string | null;
  source_id: number | null;
}

function Entries({ id, year }: { id: number; year: number }) {
  const { t } = useTranslation();
  const model = useModel();
  const party = useEntity('Party') as Entity;
  const entry = useEntity('Entry');
  const { data } = useQuery(
    functionQuery<{ value: ProfitEntry[]; total: number }>(party, id, 'profit_entries', { year }),
  );
  if (!data) return <Bars rows={4} />;
  return (
    <table className="t in-sec entries">
      <caption className="sr">{t('customer.entries_of', { year })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('customer.date')}</th>
          <th scope="col">{t('customer.entry')}</th>
          <th scope="col" className="num">
            {t('customer.profit')}
          </th>
        </tr>
      </thead>
      <tbody>
        {data.value.map((e, i) => {
          const source = originPath(model, e.source_entity, e.source_id);
          return (
            <tr key={`${e.entry_id}-${i}`}>
              <td className="ink2">{date(e.posted_on)}</td>
              <td className="cutcell wide-what">
                {entry ? (
                  <Link className="name" to={recordPath(entry, e.entry_id)}>
                    {e.account}
                  </Link>
                ) : (
                  e.account
                )}{' '}
                {source ? (
                  <Link className="sub name" to={source.to}>
                    {e.text || source.label}
                  </Link>
                ) : (
                  <span className="sub">{e.text}</span>
                )}
              </td>
              <td className="num">{money(e.profit)}</td>
            </tr>
          );
        })}
      </tbody>
      <tfoot>
        <tr>
          <td colSpan={2}>{t('customer.sum')}</td>
          <td className="num">{money(data.total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function Usual({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const product = useEntity('Product');
  return (
    <section className="sec" aria-label={t('customer.usual')}>
      <div className="head">
        <h2>{t('customer.usual')}</h2>
      </div>
      {data.usual.length === 0 ? (
        <p className="ink3">{t('customer.nothing_usual')}</p>
      ) : (
        <table className="t in-sec">
          <caption className="sr">{t('customer.usual')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('customer.article')}</th>
              <th scope="col" className="num">
                {t('customer.bought')}
              </th>
              <th scope="col" className="num">
                {t('customer.free')}
              </th>
              <th scope="col" className="num">
                {t('customer.last')}
              </th>
            </tr>
          </thead>
          <tbody>
            {data.usual.map((u) => (
              <tr key={u.product_id}>
                <td className="cutcell wide-what">
                  {product ? (
                    <Link className="name" to={recordPath(product, u.product_id)}>
                      {u.product}
                    </Link>
                  ) : (
                    u.product
                  )}
                </td>
                <td className="num">{quantity(u.quantity)}</td>
                <td className="num">{quantity(u.free)}</td>
                <td className="num ink2">{date(u.last_on)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
