/** A warehouse: what is there, and what is on its way to it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, useEntity } from '../../api/model';
import { listQuery } from '../../api/odata';
import { listPath, recordPath } from '../../record/paths';
import { RecordPage } from '../../record/RecordPage';
import { date, money, quantity } from '../../ui/format';

/** Rows shown here; all of them stand in the list. */
const MOST = 50;

export default function WarehousePage({ id }: { id: number }) {
  const entity = useEntity('Warehouse') as Entity;
  return (
    <RecordPage
      entity={entity}
      id={id}
      slots={(row) => ({
        above: (
          <>
            <There id={id} name={String(row.title ?? '')} />
            <OnItsWay id={id} />
          </>
        ),
      })}
    />
  );
}

function titleOf(row: Row, name: string): string {
  return (row[name] as { title?: string } | null)?.title ?? '';
}

function There({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const stock = useEntity('ProductStock');
  const product = useEntity('Product');
  const rows = useQuery(
    listQuery(stock, {
      filter: `warehouse_id eq ${id} and on_hand gt 0`,
      orderby: 'value desc',
      expand: ['product($select=id,title)'],
      top: MOST,
    }),
  ).data;
  if (!stock || !rows) return null;
  const to = { f: [['warehouse_id', 'is', id, name]] };
  return (
    <section className="sec" aria-label={t('warehouse.there')}>
      <div className="head">
        <h2>{t('warehouse.there')}</h2>
        <Link className="link small end" to={listPath(stock)} search={to as never}>
          {t('warehouse.all')}
        </Link>
      </div>
      {rows.length === 0 ? (
        <p className="ink3">{t('warehouse.nothing')}</p>
      ) : (
        <div className="scroll-x">
          <table className="t">
            <caption className="sr">{t('warehouse.there')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('desk.article')}</th>
                {['on_hand', 'free', 'value'].map((f) => (
                  <th key={f} scope="col" className="num">
                    {stock.fields.find((field) => field.name === f)?.label ?? ''}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    {product ? (
                      <Link className="name strong" to={recordPath(product, Number(row.product_id))}>
                        {titleOf(row, 'product')}
                      </Link>
                    ) : (
                      titleOf(row, 'product')
                    )}
                  </td>
                  <td className="num">{quantity(row.on_hand)}</td>
                  <td className="num">{quantity(row.free)}</td>
                  <td className="num">{money(row.value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function OnItsWay({ id }: { id: number }) {
  const { t } = useTranslation();
  const transfers = useEntity('TransferOrder');
  const rows = useQuery(
    listQuery(transfers, {
      filter: `to_warehouse_id eq ${id} and (state eq 'shipped' or state eq 'confirmed')`,
      orderby: 'arrives_on',
      expand: ['from_warehouse($select=id,title)'],
      top: MOST,
    }),
  ).data;
  if (!transfers || !rows || rows.length === 0) return null;
  const states = transfers.fields.find((f) => f.name === 'state')?.choices ?? [];
  return (
    <section className="sec" aria-label={t('warehouse.on_its_way')}>
      <div className="head">
        <h2>{t('warehouse.on_its_way')}</h2>
        <span className="count">{rows.length}</span>
      </div>
      <ul className="peg">
        {rows.map((row) => (
          <li key={row.id}>
            <Link className="name code" to={recordPath(transfers, row.id)}>
              {String(row.number ?? `#${row.id}`)}
            </Link>
            <span className="ink2"> {titleOf(row, 'from_warehouse')}</span>
            <span className="end">
              {states.find((s) => s.value === row.state)?.label} · {date(row.arrives_on)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
