/** The coming weeks under the bank lines: every figure from open documents, each a link to them. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { applyQuery } from '../../api/odata';
import { listPath } from '../../record/paths';
import { date, dayToday, money } from '../../ui/format';
import { type Due, outlook } from './outlook';

const OPEN = "state eq 'posted' and open ne 0";
const BY_DAY = 'groupby((due_on),aggregate(open with sum as open))';

function useDue(entity: Entity | undefined): Due[] | undefined {
  return useQuery({ ...applyQuery(entity, { filter: OPEN }, BY_DAY), enabled: entity !== undefined }).data as
    | Due[]
    | undefined;
}

export function CashOutlook({ start, unmatched }: { start: number; unmatched: number }) {
  const { t } = useTranslation();
  const invoices = useEntity('Invoice');
  const bills = useEntity('SupplierInvoice');
  const receivable = useDue(invoices);
  const payable = useDue(bills);
  if ((invoices && !receivable) || (bills && !payable)) return null;
  const weeks = outlook(start, receivable ?? [], payable ?? [], dayToday());
  const least = Math.min(0, ...weeks.map((w) => w.balance));
  const most = Math.max(1, start, ...weeks.map((w) => w.balance));
  const share = (n: number) => `${Math.round(((n - least) / (most - least)) * 100)}%`;
  return (
    <section className="sec outlook" aria-label={t('outlook.title')}>
      <div className="head">
        <h2>{t('outlook.title')}</h2>
        <span className="count">{t('outlook.from', { amount: money(start) })}</span>
      </div>
      <div className="scroll-x">
        <table className="t in-sec">
          <caption className="sr">{t('outlook.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('outlook.week')}</th>
              <th scope="col" className="num">
                <Opens entity={invoices}>{t('outlook.in')}</Opens>
              </th>
              <th scope="col" className="num">
                <Opens entity={bills}>{t('outlook.out')}</Opens>
              </th>
              <th scope="col" className="num">
                {t('outlook.balance')}
              </th>
              <th scope="col" className="desk" aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {weeks.map((w, i) => (
              <tr key={w.from}>
                <td>{i === 0 ? t('outlook.now', { to: date(w.to) }) : t('outlook.span', { from: date(w.from) })}</td>
                <td className="num">{w.in === 0 ? '' : money(w.in)}</td>
                <td className="num">{w.out === 0 ? '' : money(-w.out)}</td>
                <td className={`num strong ${w.balance < 0 ? 'bad' : ''}`}>{money(w.balance)}</td>
                <td className="desk bar-cell" aria-hidden="true">
                  <i className={w.balance < 0 ? 'bad' : ''} style={{ width: share(w.balance) }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="ink3 small">
        {t('outlook.how')} {unmatched !== 0 && t('outlook.unmatched', { amount: money(unmatched) })}
      </p>
    </section>
  );
}

function Opens({ entity, children }: { entity: Entity | undefined; children: string }) {
  if (!entity) return children;
  const f = [
    ['state', 'is', 'posted'],
    ['open', 'not', 0],
  ];
  return (
    <Link to={listPath(entity)} search={{ f, sort: 'due_on' } as never}>
      {children}
    </Link>
  );
}
