/** The entries behind a figure, and behind each entry its document. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, useEntity, useModel } from '../../api/model';
import { applyQuery, listQuery, recordQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { date, dateTyped, money } from '../../ui/format';
import { Bars, Problem } from '../../ui/notes';

const MOST = 200;

interface Props {
  account: number;
  since: string | undefined;
  until: string;
  onClose: () => void;
}

export function Drill({ account, since, until, onClose }: Props) {
  const { t } = useTranslation();
  const model = useModel();
  const lines = useEntity('EntryLine');
  const entries = useEntity('Entry') as Entity;
  const accounts = useEntity('Account') as Entity;
  const named = useQuery(recordQuery(accounts, account, model.entities)).data;
  const filter = [
    `account_id eq ${account}`,
    ...(since ? [`posted_on ge ${since}`] : []),
    `posted_on le ${until}`,
  ].join(' and ');
  const found = useQuery({
    ...listQuery<Row>(lines as Entity, {
      filter,
      orderby: 'id desc',
      top: MOST,
      expand: ['customer($select=id,title)', 'party($select=id,title)'],
    }),
    enabled: lines !== undefined,
  });
  const sums = useQuery({
    ...applyQuery(lines as Entity, { filter }, 'aggregate(amount with sum as amount,$count as n)'),
    enabled: lines !== undefined,
  }).data?.[0];
  const rows = found.data ?? [];
  const total = Number(sums?.amount ?? 0);
  const period = since ? `${dateTyped(since)} – ${dateTyped(until)}` : t('books.until', { date: dateTyped(until) });
  const name = String(named?.title ?? '');
  return (
    <aside className="pane drill" aria-label={t('books.entries_of', { what: name })}>
      <section className="sec">
        <div className="head">
          <h2>{name}</h2>
          <Button
            look="quiet"
            className="end"
            icon={<X className="i" aria-hidden="true" />}
            aria-label={t('app.close')}
            onClick={onClose}
          />
        </div>
        <p className="big">{money(total)}</p>
        <p className="ink2">{t('books.sum_of', { n: Number(sums?.n ?? 0), period })}</p>
      </section>
      <section className="sec">
        {found.error && <Problem message={found.error.message} />}
        {found.isPending && <Bars rows={5} />}
        <table className="t in-sec">
          <caption className="sr">{t('books.entries_of', { what: name })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('customer.date')}</th>
              <th scope="col">{t('customer.entry')}</th>
              <th scope="col" className="num">
                {t('customer.amount')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td className="ink2">{date(row.posted_on)}</td>
                <td className="cutcell">
                  <Link className="name" to={recordPath(entries, Number(row.parent_id))}>
                    {String(
                      row.text ||
                        (row.customer as { title?: string } | null)?.title ||
                        (row.party as { title?: string } | null)?.title ||
                        t('books.entry'),
                    )}
                  </Link>
                </td>
                <td className="num">{money(row.amount)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td colSpan={2}>
                {rows.length < Number(sums?.n ?? 0)
                  ? t('books.more', { n: Number(sums?.n) - rows.length })
                  : t('customer.sum')}
              </td>
              <td className="num">{money(total)}</td>
            </tr>
          </tfoot>
        </table>
      </section>
    </aside>
  );
}
