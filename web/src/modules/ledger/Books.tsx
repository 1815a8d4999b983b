/** The books: every figure opens to its entries, every entry to its document. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { listPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { dayToday } from '../../ui/format';
import { DateInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Balance } from './Balance';
import { Drill } from './Drill';
import { Profit } from './Profit';
import { Trial } from './Trial';
import { Vat } from './Vat';

const SHOWN = ['profit', 'balance', 'trial', 'vat'] as const;
type Statement = (typeof SHOWN)[number];

/** What of the books is looked at; all of it in the address. */
export interface BooksSearch {
  show?: Statement;
  on?: string;
  from?: string;
  /** The figure that is open: account, and the days between. */
  account?: number;
  since?: string;
  until?: string;
}

export default function Books() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const accounts = useEntity('Account') as Entity;
  const search = useSearch({ strict: false }) as BooksSearch;
  const show = SHOWN.includes(search.show as Statement) ? (search.show as Statement) : 'profit';
  const on = search.on ?? dayToday();
  const from = search.from ?? `${on.slice(0, 4)}-01-01`;
  const put = (by: Partial<BooksSearch>) =>
    void navigate({ to: '/books', search: ((now: BooksSearch) => ({ ...now, ...by })) as never, replace: true });
  const open = (account: number, since: string | undefined, until: string) =>
    put({ account, until, ...(since ? { since } : { since: undefined as never }) });
  useActions([
    ...SHOWN.map((s, i) => ({
      id: `show-${s}`,
      label: t(`books.${s}`),
      keys: [String(i + 1)],
      run: () => put({ show: s, account: undefined as never }),
    })),
    ...(search.account
      ? [
          {
            id: 'close',
            label: t('app.close'),
            keys: ['Escape'],
            quiet: true,
            run: () => put({ account: undefined as never }),
          },
        ]
      : []),
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('books.title')} crumbs={[{ label: accounts.labels, to: listPath(accounts) }]} />
      <div className="tabs vt" role="toolbar" aria-label={t('books.title')}>
        {SHOWN.map((s) => (
          <span key={s} className="tab-pair" aria-current={s === show || undefined}>
            <button
              type="button"
              aria-pressed={s === show}
              onClick={() => put({ show: s, account: undefined as never })}
            >
              {t(`books.${s}`)}
            </button>
          </span>
        ))}
      </div>
      <div className="tools">
        <div className="sentence">
          {show === 'profit' && (
            <>
              <label htmlFor="books-from">{t('books.from')}</label>
              <DateInput id="books-from" className="in small-in" value={from} onValue={(v) => v && put({ from: v })} />
            </>
          )}
          <label htmlFor="books-on">
            {t(show === 'profit' ? 'books.to' : show === 'vat' ? 'books.month_of' : 'books.at')}
          </label>
          <DateInput id="books-on" className="in small-in" value={on} onValue={(v) => v && put({ on: v })} />
        </div>
      </div>
      <div className={`cols ${search.account ? 'bk' : ''}`}>
        <section className="pane">
          {show === 'profit' && <Profit from={from} to={on} onOpen={open} />}
          {show === 'balance' && <Balance on={on} onOpen={open} />}
          {show === 'trial' && <Trial on={on} onOpen={open} />}
          {show === 'vat' && <Vat on={on} />}
        </section>
        {search.account && (
          <Drill
            account={search.account}
            since={search.since}
            until={search.until ?? on}
            onClose={() => put({ account: undefined as never })}
          />
        )}
      </div>
      <Foot
        keys={[
          [['1', '4'], t('books.choose')],
          [['Esc'], t('app.close')],
        ]}
      />
    </main>
  );
}
