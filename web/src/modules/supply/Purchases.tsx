/** The purchase plan: each supplier month by month, down to the products, and out as a sheet. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Fragment, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { saveSheet } from '../../record/exportCsv';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { money, quantity } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Empty, Problem } from '../../ui/notes';
import { ItemLink } from './marks';
import { PlanTabs } from './PlanTabs';

interface Cell {
  planned: number;
  ordered: number;
  planned_amount: number;
  ordered_amount: number;
}

interface ProductRow {
  product_id: number;
  code: string;
  product: string;
  total: number;
  cells: Cell[];
}

interface SupplierRow {
  supplier_id: number | null;
  supplier: string | null;
  total: number;
  cells: Cell[];
  products: ProductRow[];
}

interface Data {
  months: string[];
  value: SupplierRow[];
}

/** `11/2026` */
const monthName = (month: string) => `${Number(month.slice(5))}/${month.slice(0, 4)}`;

export default function Purchases() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const navigate = useNavigate();
  const { s, open } = useSearch({ strict: false }) as { s?: number; open?: boolean };
  const asked = useQuery(functionQuery<Data>(product, null, 'purchases', { months: 12 }));
  const rows = asked.data?.value ?? [];
  const at = Math.max(
    0,
    rows.findIndex((r) => r.supplier_id === s),
  );
  const current = rows[at];
  const put = (to: number, opened: boolean) => {
    const row = rows[Math.min(Math.max(0, to), rows.length - 1)];
    if (row)
      void navigate({
        to: '/plan/purchases',
        search: { s: row.supplier_id ?? undefined, ...(opened ? { open: true } : {}) } as never,
        replace: true,
        resetScroll: false,
      });
  };
  const save = () =>
    asked.data &&
    current &&
    saveSheet(current.supplier ?? t('purchases.title'), sheet(asked.data, open ? current : null, t));
  useActions([
    { id: 'open', label: t('purchases.open'), keys: ['Enter', 'o'], run: () => put(at, !open) },
    { id: 'export', label: t('list.export'), keys: ['shift+e'], run: () => save() },
    { id: 'down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => put(at + 1, false) },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => put(at - 1, false) },
    {
      id: 'back',
      label: t('plan.back'),
      keys: ['Escape'],
      quiet: true,
      run: () => (open ? put(at, false) : void navigate({ to: '/plan' })),
    },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('purchases.title')} crumbs={[{ label: t('plan.title'), to: '/plan' }]}>
        <PlanTabs />
      </Top>
      {asked.error && (
        <div className="rec">
          <Problem message={asked.error.message} advice={(asked.error as { advice?: string }).advice ?? ''} />
        </div>
      )}
      {asked.isPending && <Bars />}
      {asked.isSuccess && rows.length === 0 && (
        <Empty title={t('purchases.nothing')}>{t('purchases.nothing_text')}</Empty>
      )}
      {asked.data && rows.length > 0 && (
        <>
          <div className="tools">
            <h2>{t('purchases.by_month')}</h2>
            <span className="ink3">{t('purchases.how')}</span>
            <Button className="tools-end" k="shift+e" onClick={save}>
              {t('list.export')}
            </Button>
          </div>
          <Sheet data={asked.data} at={at} open={open === true} onRow={(i) => put(i, i === at ? !open : true)} />
        </>
      )}
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['Enter'], t('purchases.open')],
          [['⇧ E'], t('list.export')],
          [['Esc'], t('plan.back')],
        ]}
      />
    </main>
  );
}

function Sheet({ data, at, open, onRow }: { data: Data; at: number; open: boolean; onRow: (i: number) => void }) {
  const { t } = useTranslation();
  const line = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    line.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <section className="scroll-x" aria-label={t('purchases.by_month')} tabIndex={0}>
      <table className="t phased">
        <caption className="sr">{t('purchases.by_month')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('purchases.supplier')}</th>
            {data.months.map((m) => (
              <th key={m} scope="col" className="num">
                {monthName(m)}
              </th>
            ))}
            <th scope="col" className="num">
              {t('purchases.total')}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.value.map((row, i) => (
            <Fragment key={row.supplier_id ?? 0}>
              <tr ref={i === at ? line : null} className={i === at ? 'cur' : ''} aria-current={i === at || undefined}>
                <th scope="row">
                  <button type="button" className="strong" aria-expanded={i === at && open} onClick={() => onRow(i)}>
                    {row.supplier ?? t('short.no_offer')}
                  </button>
                </th>
                {row.cells.map((c, m) => (
                  <td key={data.months[m]} className="num">
                    {c.planned_amount + c.ordered_amount === 0 ? (
                      <span className="ink3">–</span>
                    ) : (
                      money(c.planned_amount + c.ordered_amount)
                    )}
                  </td>
                ))}
                <td className="num strong">{money(row.total)}</td>
              </tr>
              {i === at &&
                open &&
                row.products.map((p) => <ProductLine key={p.product_id} row={p} months={data.months} />)}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ProductLine({ row, months }: { row: ProductRow; months: string[] }) {
  const { t } = useTranslation();
  return (
    <tr className="ink2">
      <th scope="row" className="inner">
        <ItemLink id={row.product_id}>{row.product}</ItemLink>
      </th>
      {row.cells.map((c, m) => (
        <td key={months[m]} className="num">
          {c.planned === 0 && c.ordered === 0 ? (
            <span className="ink3">–</span>
          ) : (
            <>
              {quantity(c.planned + c.ordered)}
              {c.ordered > 0 && (
                <span className="ink3 small"> {t('purchases.ordered', { n: quantity(c.ordered) })}</span>
              )}
            </>
          )}
        </td>
      ))}
      <td className="num">{money(row.total)}</td>
    </tr>
  );
}

type T = (key: string) => string;

/** All suppliers in money, or one with its products in quantity and money. */
function sheet(data: Data, supplier: SupplierRow | null, t: T): (string | number)[][] {
  const head = data.months.map(monthName);
  if (!supplier)
    return [
      [t('purchases.supplier'), ...head, t('purchases.total')],
      ...data.value.map((r) => [r.supplier ?? '', ...r.cells.map((c) => c.planned_amount + c.ordered_amount), r.total]),
    ];
  return [
    [t('purchases.code'), t('plan.product'), ...head, t('purchases.total')],
    ...supplier.products.map((p) => [p.code, p.product, ...p.cells.map((c) => c.planned + c.ordered), p.total]),
  ];
}
