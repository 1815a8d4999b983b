/** What nothing is known to bring, with the best offer for each; one key buys all of it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { useSend } from '../../api/commands';
import { commandOf, type Entity, hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { listPath, recordPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { date, money, price, quantity } from '../../ui/format';
import { Tick } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Bars, Empty, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';

interface ShortLine {
  line_id?: number;
  product_id: number;
  code: string;
  product: string;
  /** Where it is short, if the firm has several warehouses. */
  warehouse_id?: number;
  warehouse?: string | null;
  /** The warehouse that supplies that one: it is fetched from there. */
  from_warehouse_id?: number | null;
  from_warehouse?: string | null;
  short: number;
  ordered?: boolean;
  needed_on?: string | null;
  waiting?: { order_id: number; number: string; customer: string; quantity: number }[] | null;
  supplier_id: number | null;
  supplier: string | null;
  price: number | null;
  amount: number | null;
  lead_time_days: number | null;
  date?: string | null;
  comes_on?: string | null;
  late?: boolean;
}

/** Somebody offers it, or another warehouse supplies this one. */
function canCome(l: ShortLine): boolean {
  return l.ordered !== true && (l.supplier_id !== null || typeof l.from_warehouse_id === 'number');
}

/** A product is short in each warehouse by itself. */
function keyOf(l: ShortLine): string {
  return `${l.product_id}-${l.warehouse_id ?? ''}`;
}

export default function Short() {
  const { t } = useTranslation();
  const purchases = useEntity('PurchaseOrder') as Entity;
  const orders = useEntity('SalesOrder');
  const { order } = useSearch({ strict: false }) as { order?: number };
  const ofOrder = order !== undefined && orders !== undefined;
  const known = ofOrder ? hasQuery(orders, 'shortages') : hasQuery(purchases, 'short');
  const asked = useQuery({
    ...(ofOrder
      ? functionQuery<{ value: ShortLine[] }>(orders, order, 'shortages')
      : functionQuery<{ value: ShortLine[] }>(purchases, null, 'short')),
    enabled: known,
  });
  const lines = asked.data?.value ?? [];
  const [left, setLeft] = useState<Set<string>>(new Set());
  const [at, setAt] = useState(0);
  useEffect(() => setLeft(new Set()), [order]);
  const buyable = lines.filter(canCome);
  const chosen = buyable.filter((l) => !left.has(keyOf(l)));
  const { buy, fault, busy } = useBuying(order, chosen, chosen.length === buyable.length);
  const toggle = (l: ShortLine | undefined) =>
    l && setLeft((now) => new Set(now.has(keyOf(l)) ? [...now].filter((key) => key !== keyOf(l)) : [...now, keyOf(l)]));
  const navigate = useNavigate();
  useActions([
    { id: 'buy', label: t('short.buy'), keys: ['b', 'n', 'Enter', 'mod+Enter'], run: () => void buy() },
    {
      id: 'down',
      label: t('keys.next_row'),
      keys: ['j', 'ArrowDown'],
      quiet: true,
      run: () => setAt(Math.min(at + 1, lines.length - 1)),
    },
    {
      id: 'up',
      label: t('keys.previous_row'),
      keys: ['k', 'ArrowUp'],
      quiet: true,
      run: () => setAt(Math.max(at - 1, 0)),
    },
    { id: 'select', label: t('keys.select'), keys: ['x'], quiet: true, run: () => toggle(lines[at]) },
    ...(ofOrder
      ? [
          {
            id: 'back',
            label: t('handover.back'),
            keys: ['Escape'],
            run: () => void navigate({ to: recordPath(orders, order) }),
          },
        ]
      : []),
  ]);
  const total = chosen.reduce((sum, l) => sum + (l.amount ?? 0), 0);
  return (
    <main className="page" id="main">
      <Top title={t('short.title')} crumbs={[{ label: purchases.labels, to: listPath(purchases) }]}>
        {chosen.length > 0 && (
          <Button look="primary" k="b" disabled={busy} onClick={() => void buy()}>
            {t('short.buy_all', { count: chosen.length })}
          </Button>
        )}
      </Top>
      <div className="rec">
        <p className="read">{ofOrder ? t('short.for_order') : t('short.for_all')}</p>
        {fault && <Problem message={fault.message} advice={fault.advice} />}
        {asked.error && <Problem message={asked.error.message} />}
        {!known && <Problem message={t('short.not_here')} />}
      </div>
      {asked.isPending && known && <Bars />}
      {asked.isSuccess && lines.length === 0 && (
        <Empty
          title={t('short.nothing')}
          action={
            ofOrder && (
              <Link className="btn" to={recordPath(orders, order)}>
                {t('handover.back')}
                <kbd aria-hidden="true">Esc</kbd>
              </Link>
            )
          }
        >
          {t('short.nothing_text')}
        </Empty>
      )}
      {lines.length > 0 && <Lines lines={lines} left={left} at={at} toggle={toggle} onAt={setAt} />}
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['X'], t('short.leave')],
          [['B'], t('short.buy')],
        ]}
      >
        <div className="totals">
          <span>
            {t('desk.net')}
            <b>{money(total)}</b>
          </span>
        </div>
      </Foot>
    </main>
  );
}

function useBuying(order: number | undefined, chosen: ShortLine[], all: boolean) {
  const { t } = useTranslation();
  const send = useSend();
  const purchases = useEntity('PurchaseOrder') as Entity;
  const orders = useEntity('SalesOrder');
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  async function buy(): Promise<void> {
    if (busy || chosen.length === 0) return;
    setBusy(true);
    setFault(null);
    try {
      const whole = order !== undefined && all && commandOf(orders, 'buy_short') !== undefined;
      const lines = chosen.map((l) => ({
        product_id: l.product_id,
        supplier_id: l.supplier_id,
        warehouse_id: l.warehouse_id,
      }));
      const reply =
        whole && orders
          ? await send(orders, { command: 'buy_short', id: order })
          : await send(purchases, { command: 'buy', body: { lines } });
      say([t('short.done'), ...reply.effects].join(' '));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }
  return { buy, fault, busy };
}

function Lines({
  lines,
  left,
  at,
  toggle,
  onAt,
}: {
  lines: ShortLine[];
  left: Set<string>;
  at: number;
  toggle: (l: ShortLine) => void;
  onAt: (i: number) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="scroll-x">
      <table className="t cards">
        <caption className="sr">{t('short.title')}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">{t('short.buy')}</span>
            </th>
            <th scope="col">{t('desk.article')}</th>
            <th scope="col" className="num">
              {t('short.short')}
            </th>
            <th scope="col">{t('short.offer')}</th>
            <th scope="col" className="num">
              {t('desk.price')}
            </th>
            <th scope="col" className="num">
              {t('desk.net')}
            </th>
            <th scope="col" className="num">
              {t('short.comes')}
            </th>
            <th scope="col">{t('short.waits')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l, i) => (
            <Line
              key={`${keyOf(l)}-${l.line_id ?? ''}`}
              line={l}
              current={i === at}
              taken={!left.has(keyOf(l))}
              toggle={() => toggle(l)}
              onAt={() => onAt(i)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({
  line: l,
  current,
  taken,
  toggle,
  onAt,
}: {
  line: ShortLine;
  current: boolean;
  taken: boolean;
  toggle: () => void;
  onAt: () => void;
}) {
  const { t } = useTranslation();
  const product = useEntity('Product');
  const orders = useEntity('SalesOrder');
  const party = useEntity('Party');
  const comes = l.comes_on ?? l.date ?? null;
  return (
    <tr className={current ? 'cur' : ''} onClick={onAt}>
      <td>{canCome(l) && <Tick label={t('short.take', { what: l.product })} checked={taken} onChecked={toggle} />}</td>
      <td className="p1">
        {product ? (
          <Link className="name strong" to={recordPath(product, l.product_id)}>
            {l.product}
          </Link>
        ) : (
          l.product
        )}{' '}
        <span className="sub code">{l.code}</span>
        {l.warehouse && <span className="ink3"> {l.warehouse}</span>}
      </td>
      <td className="num p2">{quantity(l.short)}</td>
      <td className="p3">
        {l.ordered ? (
          <span className="st half">{t('short.ordered')}</span>
        ) : typeof l.from_warehouse_id === 'number' ? (
          t('short.fetch', { warehouse: l.from_warehouse ?? '' })
        ) : l.supplier ? (
          party && l.supplier_id !== null ? (
            <Link className="name" to={recordPath(party, l.supplier_id)}>
              {l.supplier}
            </Link>
          ) : (
            l.supplier
          )
        ) : (
          <span className="st warn-s">{t('short.no_offer')}</span>
        )}
      </td>
      <td className="num">{price(l.price)}</td>
      <td className="num strong">{money(l.amount)}</td>
      <td className={`num p4 ${l.late ? 'warn' : ''}`}>
        {comes ? (l.late ? t('short.late', { date: date(comes) }) : date(comes)) : '–'}
      </td>
      <td className="ink2">
        {(l.waiting ?? []).slice(0, 2).map((w, i) => (
          <span key={w.order_id} className="waits">
            {i > 0 && ', '}
            {orders ? (
              <Link className="name" to={recordPath(orders, w.order_id)}>
                {w.customer}
              </Link>
            ) : (
              w.customer
            )}
          </span>
        ))}{' '}
        {(l.waiting ?? []).length > 2 && <span className="ink3">+{(l.waiting ?? []).length - 2}</span>}
      </td>
    </tr>
  );
}
