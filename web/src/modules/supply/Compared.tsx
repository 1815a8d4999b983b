/** Two plans side by side: who gets what when, who is late, load, stock and money. */
import { useTranslation } from 'react-i18next';
import { date, money, quantity, whole } from '../../ui/format';
import { Figure, Figures } from '../../ui/marks';
import { Note } from '../../ui/notes';
import { DocLink, ItemLink, QuoteMark, Reasons } from './marks';
import type { Because, Served } from './plan';

interface Both {
  before: number;
  after: number;
}

type Moved = Served & { product_id: number; product: string; was_on: string; was_late: boolean; because: Because[] };

export interface Comparison {
  late: Both;
  at_stake: Both;
  stock: Both;
  orders: Moved[];
  added: { product_id: number; product: string; due_on: string; comes_on: string; late: boolean; because: Because[] }[];
  load: { work_center_id: number; name: string; before: number; after: number }[];
  same: boolean;
}

export function Compared({ data }: { data: Comparison }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="rec" aria-live="polite">
        <Figures>
          <Change label={t('scenario.late')} both={data.late} show={whole} />
          <Change label={t('plan.at_stake')} both={data.at_stake} show={money} />
          <Change label={t('scenario.stock')} both={data.stock} show={money} />
        </Figures>
        {data.added.map((o) => (
          <Note key={`${o.product_id}-${o.due_on}`} tone={o.late ? 'warn' : 'plain'}>
            <span className="strong">{o.product}</span>{' '}
            {o.late
              ? `${t('plan.comes_late', { date: date(o.comes_on) })}, ${t('plan.due', { date: date(o.due_on) })}`
              : t('plan.in_time')}{' '}
            {o.late && <Reasons because={o.because} most={2} />}
          </Note>
        ))}
        {data.same && <p className="ink2">{t('scenario.same')}</p>}
      </div>
      {data.orders.length > 0 && <Orders orders={data.orders} />}
      {data.load.length > 0 && <LoadOf load={data.load} />}
    </>
  );
}

function Change({ label, both, show }: { label: string; both: Both; show: (n: number) => string }) {
  const { t } = useTranslation();
  return (
    <Figure
      label={label}
      tone={both.after > both.before ? 'warn' : ''}
      sub={both.after === both.before ? t('scenario.as_now') : t('scenario.now', { n: show(both.before) })}
    >
      {show(both.after)}
    </Figure>
  );
}

function Orders({ orders }: { orders: Moved[] }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('scenario.dates')}>
      <div className="ghead">
        <h2>{t('scenario.dates')}</h2>
        <span className="count">{orders.length}</span>
      </div>
      <div className="scroll-x">
        <table className="t cards">
          <caption className="sr">{t('scenario.dates')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('plan.whom')}</th>
              <th scope="col">{t('plan.product')}</th>
              <th scope="col" className="num">
                {t('plan.at_stake')}
              </th>
              <th scope="col" className="num">
                {t('scenario.real')}
              </th>
              <th scope="col" className="num">
                {t('scenario.then')}
              </th>
            </tr>
          </thead>
          <tbody>
            {orders.slice(0, 200).map((o) => (
              <tr key={`${o.entity}-${o.line_id}`}>
                <td className="p1 cut">
                  <span className="strong">{o.party ?? t('plan.own')}</span> <DocLink doc={o} /> <QuoteMark of={o} />
                </td>
                <td className="p3 cut">
                  <ItemLink id={o.product_id}>{o.product}</ItemLink>
                </td>
                <td className="num p2">{o.net ? money(o.net) : '–'}</td>
                <td className={`num ${o.was_late ? 'bad' : ''}`}>{date(o.was_on)}</td>
                <td className={`num p4 ${o.late ? 'bad' : 'ok'}`}>
                  {date(o.comes_on)}
                  {o.late && ` ${t('plan.late_word')}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function LoadOf({ load }: { load: Comparison['load'] }) {
  const { t } = useTranslation();
  return (
    <section className="sec" aria-label={t('load.title')}>
      <div className="head">
        <h2>{t('load.title')}</h2>
      </div>
      <dl className="hours narrow">
        {load.map((l) => (
          <div key={l.work_center_id}>
            <dt>{l.name}</dt>
            <dd>{t('scenario.from_to', { from: quantity(l.before), to: quantity(l.after) })}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
