import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { money } from '../../ui/format';
import { Bars, Problem } from '../../ui/notes';
import type { TrialBalance } from './statements';

export function Trial({
  on,
  onOpen,
}: {
  on: string;
  onOpen: (account: number, since: string | undefined, until: string) => void;
}) {
  const { t } = useTranslation();
  const accounts = useEntity('Account') as Entity;
  const { data, error } = useQuery(functionQuery<TrialBalance>(accounts, null, 'trial_balance', { on }));
  if (error) return <Problem message={error.message} />;
  if (!data) return <Bars />;
  return (
    <div className="scroll-x">
      <table className="t books">
        <caption className="sr">{t('books.trial')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('books.account')}</th>
            <th scope="col" className="num">
              {t('books.debit')}
            </th>
            <th scope="col" className="num">
              {t('books.credit')}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.value.map((a) => (
            <tr key={a.account_id}>
              <th scope="row">
                <span className="code">{a.code}</span> {a.name}
              </th>
              {[a.debit, a.credit].map((amount, i) => (
                <td key={i === 0 ? 'debit' : 'credit'} className="num">
                  {amount !== 0 && (
                    <button
                      type="button"
                      className="opens"
                      aria-label={t('books.open_figure', { account: a.name, amount: money(amount) })}
                      onClick={() => onOpen(a.account_id, undefined, on)}
                    >
                      {money(amount)}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tbody>
          <tr className="sumr">
            <th scope="row">{t('customer.sum')}</th>
            <td className="num">{money(data.debit)}</td>
            <td className="num">{money(data.credit)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
