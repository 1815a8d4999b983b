import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { listPath } from '../../record/paths';
import { money } from '../../ui/format';
import { Bars, Empty, Problem } from '../../ui/notes';
import { lastOfMonth, type VatReturn } from './statements';

export function Vat({ on }: { on: string }) {
  const { t } = useTranslation();
  const records = useEntity('TaxRecord');
  const { data, error } = useQuery({
    ...functionQuery<VatReturn>(records as Entity, null, 'vat_return', { on }),
    enabled: hasQuery(records, 'vat_return'),
  });
  if (!records) return <Problem message={t('books.no_vat')} />;
  if (error) return <Problem message={error.message} />;
  if (!data) return <Bars />;
  if (data.value.length === 0) return <Empty title={t('books.vat_nothing')}>{t('books.vat_nothing_text')}</Empty>;
  const period = lastOfMonth(on);
  const words = (direction: string) => ({
    f: [
      ['direction', 'is', direction],
      ['period_day', 'on', period],
    ],
  });
  return (
    <div className="scroll-x">
      <table className="t books">
        <caption className="sr">{t('books.vat')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('books.code')}</th>
            <th scope="col">{t('books.box')}</th>
            <th scope="col" className="num">
              {t('books.base')}
            </th>
            <th scope="col" className="num">
              {t('books.tax')}
            </th>
          </tr>
        </thead>
        {(['output', 'input'] as const).map((direction) => (
          <tbody key={direction}>
            <tr className="capr">
              <th scope="rowgroup" colSpan={4}>
                {t(`books.${direction}`)}
              </th>
            </tr>
            {data.value
              .filter((v) => v.direction === direction)
              .map((v) => (
                <tr key={v.code}>
                  <th scope="row">
                    <span className="code">{v.code}</span> {v.name}
                  </th>
                  <td>{v.box ?? '–'}</td>
                  <td className="num">{money(v.base)}</td>
                  <td className="num">
                    <Link className="opens" to={listPath(records)} search={words(direction) as never}>
                      {money(v.tax)}
                    </Link>
                  </td>
                </tr>
              ))}
          </tbody>
        ))}
        <tbody>
          <tr className="end">
            <th scope="row" colSpan={3}>
              {t(data.payable >= 0 ? 'books.payable' : 'books.refund')}
            </th>
            <td className="num">{money(Math.abs(data.payable))}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}
