/** An order: where it stands, what it earns, and the date that is true. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Row } from '../../api/client';
import { type Entity, hasQuery, useEntity } from '../../api/model';
import { fetchPage } from '../../api/odata';
import { listPath, recordPath } from '../../record/paths';
import { RecordPage, type RecordSlots } from '../../record/RecordPage';
import { type Stage, Strip } from '../../record/Strip';
import { Button } from '../../ui/Button';
import { date, money, percent, quantity } from '../../ui/format';
import { Figure, Figures } from '../../ui/marks';
import { Note } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import { MadeFor } from './MadeFor';
import { useDatesAtRisk } from './promise';

export default function SalesOrderPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('SalesOrder') as Entity;
  const navigate = useNavigate();
  const deliveries = useEntity('Delivery');
  const invoices = useEntity('Invoice');
  const ship = (row: Row) => void navigate({ to: '/ship', search: { order: row.id } as never });
  async function latest(invoice: Entity, order: number) {
    const [last] = (
      await fetchPage(invoice.set, { filter: `order_id eq ${order}`, orderby: 'id desc', select: ['id'], top: 1 })
    ).value;
    if (last) await navigate({ to: recordPath(invoice, last.id) });
    else say(t('order.nothing_to_invoice'));
  }
  const breaks = hasQuery(useEntity('Product'), 'hurts');
  const look = (row: Row) => void navigate({ to: '/plan/hurts', search: { about: 'SalesOrder', id: row.id } as never });
  const slots = (row: Row): RecordSlots => ({
    figures: (
      <>
        <OrderFigures row={row} />
        <DatesAtRisk row={row} />
      </>
    ),
    strip: <Strip label={t('strip.title')} stages={stages(row, t, deliveries, invoices)} />,
    papers: papers(entity, row, t),
    ...(breaks ? { actions: [{ id: 'breaks', label: t('order.breaks'), keys: ['w'], run: () => look(row) }] } : {}),
    ...(breaks && (row.state === 'draft' || row.state === 'quoted')
      ? { below: <Breaks onLook={() => look(row)} /> }
      : { below: <MadeFor entity={entity} row={row} /> }),
    // It is drawn line by line, below.
    without: ['engineer'],
    instead: {
      deliver: ship,
      // All is invoiced, by the process as a rule: then the invoice is what one wants to see.
      ...(Number(row.to_invoice ?? 0) === 0 && invoices ? { invoice: () => void latest(invoices, row.id) } : {}),
      buy_short: (order) => void navigate({ to: '/short', search: { order: order.id } as never }),
    },
  });
  return <RecordPage entity={entity} id={id} slots={slots} />;
}

/** Before it is promised: whom it would make late. */
function Breaks({ onLook }: { onLook: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="sec">
      <Button k="w" onClick={onLook}>
        {t('order.breaks')}
      </Button>
    </div>
  );
}

type T = (key: string, options?: Record<string, unknown>) => string;

function papers(entity: Entity, row: Row, t: T): NonNullable<RecordSlots['papers']> {
  const url = (name: string) => `/pdf/${entity.set}(${row.id})/${name}`;
  const confirmed = row.state === 'confirmed' || row.state === 'closed';
  const names = confirmed ? ['order_confirmation', 'pro_forma'] : ['quote', 'pro_forma'];
  return names.map((name, i) => ({ name, label: t(`papers.${name}`), url: url(name), ...(i === 0 ? { k: 'p' } : {}) }));
}

function OrderFigures({ row }: { row: Row }) {
  const { t } = useTranslation();
  const net = Number(row.net ?? 0);
  const margin = Number(row.margin ?? 0);
  const promised = row.promised_on as string | null;
  const wanted = row.requested_on as string | null;
  return (
    <Figures>
      <Figure label={t('desk.net')} sub={t('order.gross', { amount: money(row.gross) })}>
        {money(net)}
      </Figure>
      <Figure label={t('desk.margin')} sub={net ? percent(margin / net) : ''} tone={margin < 0 ? 'bad' : ''}>
        {money(margin)}
      </Figure>
      <Earned row={row} />
      <Figure
        label={t('order.promised')}
        sub={wanted ? t('order.wanted', { date: date(wanted) }) : t('order.not_asked')}
        tone={promised && wanted && promised > wanted ? 'warn' : ''}
      >
        {promised ? date(promised) : '–'}
      </Figure>
      {row.reserved === true && (
        <Figure label={t('order.held')} sub={t('order.held_how')}>
          {date(String(row.valid_until))}
        </Figure>
      )}
      {Number(row.to_deliver) > 0 && <Figure label={t('order.to_deliver')}>{quantity(row.to_deliver)}</Figure>}
      {Number(row.to_pay) !== 0 && <Figure label={t('order.to_pay')}>{money(row.to_pay)}</Figure>}
    </Figures>
  );
}

/** What the delivered part has really earned, beside the margin that was reckoned with. */
function Earned({ row }: { row: Row }) {
  const { t } = useTranslation();
  const net = Number(row.delivered_net ?? 0);
  const margin = Number(row.delivered_margin ?? 0);
  if (net === 0) return null;
  return (
    <Figure
      label={t('order.earned')}
      sub={t('order.earned_of', { percent: percent(margin / net), net: money(net) })}
      tone={margin < 0 ? 'bad' : ''}
    >
      {money(margin)}
    </Figure>
  );
}

/** What the plan cannot bring by the day that was said, with the reason. */
function DatesAtRisk({ row }: { row: Row }) {
  const { t } = useTranslation();
  const late = useDatesAtRisk(row.id, row.state === 'confirmed' && Number(row.to_deliver ?? 0) > 0);
  if (late.length === 0) return null;
  return (
    <Note tone="warn">
      {late.map((l) => (
        <p key={l.line_id}>
          <span className="strong">
            {t('order.at_risk', { what: l.product, date: date(l.comes_on), count: l.days })}
          </span>{' '}
          {l.because[0] && t(`desk.binds.${l.because[0].kind}`, { name: l.because[0].name })}
        </p>
      ))}
    </Note>
  );
}

function stages(row: Row, t: T, deliveries: Entity | undefined, invoices: Entity | undefined): Stage[] {
  const lines = (row.lines as Row[] | undefined) ?? [];
  const goods = lines.filter((l) => l.product_id);
  const ordered = goods.reduce((sum, l) => sum + Math.max(0, Number(l.quantity) - Number(l.waived ?? 0)), 0);
  const delivered = goods.reduce((sum, l) => sum + Number(l.delivered ?? 0), 0);
  const state = String(row.state);
  const confirmed = state === 'confirmed' || state === 'closed';
  const part = ordered > 0 ? Math.min(1, delivered / ordered) : 0;
  const toInvoice = Number(row.to_invoice ?? 0);
  const toPay = Number(row.to_pay ?? 0);
  const invoiced = confirmed && part > 0 ? (toInvoice > 0 ? 0.5 : part) : 0;
  const paid = invoiced > 0 && toPay <= 0 ? invoiced : 0;
  const about = (entity: Entity | undefined) =>
    entity ? `${listPath(entity)}?f=${encodeURIComponent(JSON.stringify([['order_id', 'is', row.id]]))}` : undefined;
  return [
    {
      label: t('strip.order'),
      note: row.ordered_on ? date(row.ordered_on) : t(confirmed ? 'strip.confirmed' : 'strip.offer'),
      part: confirmed ? 1 : state === 'quoted' ? 0.5 : 0,
    },
    {
      label: t('strip.delivery'),
      note: t('strip.of', { n: quantity(delivered), of: quantity(ordered) }),
      part,
      to: about(deliveries),
    },
    {
      label: t('strip.invoice'),
      note:
        toInvoice > 0
          ? t('strip.left', { amount: money(toInvoice) })
          : invoiced > 0
            ? t('strip.all_delivered')
            : t('strip.not_yet'),
      part: invoiced,
      to: about(invoices),
    },
    {
      label: t('strip.payment'),
      note: toPay > 0 ? t('strip.left', { amount: money(toPay) }) : paid > 0 ? t('strip.paid') : t('strip.not_yet'),
      part: paid,
      to: about(invoices),
    },
  ];
}
