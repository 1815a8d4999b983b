/** What leaves the house: the paper says what should go, the hand says what does; the rest stays open by itself. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { type Entity, useEntity, useModel } from '../../api/model';
import { listQuery, recordQuery } from '../../api/odata';
import { listPath, recordPath } from '../../record/paths';
import { date } from '../../ui/format';
import { say } from '../../ui/Toasts';
import { Handover, type Piece } from './Handover';
import { type Pick, Picks, usePicks } from './Lots';
import { productCodes } from './products';
import { linesBody, useTried } from './tried';

export default function Ship() {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const send = useSend();
  const deliveries = useEntity('Delivery') as Entity;
  const orders = useEntity('SalesOrder');
  const search = useSearch({ strict: false }) as { order?: number; delivery?: number };
  const [counts, setCounts] = useState<Record<number, number>>({});
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = useQuery(
    listQuery(deliveries, {
      filter: "state eq 'draft'",
      orderby: 'planned_on',
      expand: ['customer($select=id,title)'],
      top: 100,
    }),
  );
  const waiting = asked.data ?? [];
  const ofOrder = search.order === undefined ? undefined : waiting.find((w) => w.order_id === search.order);
  const current = search.delivery ?? (search.order === undefined ? waiting[0]?.id : ofOrder?.id) ?? null;
  // Without a paper the goods leave straight from the order.
  const straight = search.order !== undefined && current === null && asked.isSuccess;
  const delivery = useQuery({
    ...recordQuery(deliveries, current ?? 0, model.entities),
    enabled: current !== null,
  }).data;
  const order = useQuery({
    ...recordQuery(orders as Entity, search.order ?? 0, model.entities),
    enabled: straight && orders !== undefined,
  }).data;
  const row = straight ? order : delivery;
  const lines = (row?.lines as Row[] | undefined) ?? [];
  const known = useQuery(productCodes(useEntity('Product'), lines)).data ?? [];
  const picks = usePicks(deliveries, straight ? null : current);
  const pieces = piecesOf(lines, known, straight, picks);
  const target = straight ? orders : deliveries;
  const id = straight ? (search.order ?? null) : current;
  const command = straight ? 'deliver' : 'ship';
  const body = linesBody(Object.keys(counts).length > 0 ? counts : Object.fromEntries(pieces.map((p) => [p.id, p.of])));
  const tried = useTried(pieces.length > 0 ? target : undefined, id, command, body);

  async function finish(final: Record<number, number>) {
    if (id === null || !target) return;
    setBusy(true);
    setFault(null);
    try {
      await send(target, { command, id, body: linesBody(final) });
      say(t('ship.done', { what: row?.title ?? '' }));
      setCounts({});
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }

  const customer = (row?.customer as { title?: string } | undefined)?.title ?? '';
  return (
    <Handover
      title={t('ship.title')}
      area={{ label: deliveries.labels, to: listPath(deliveries) }}
      heading={customer}
      under={row ? t('receive.under', { number: row.number, count: pieces.length }) : ''}
      waiting={waiting.map((w) => ({
        id: w.id,
        name: String((w.customer as { title?: string })?.title ?? ''),
        note: String(w.number),
        end: date(w.planned_on),
      }))}
      current={current}
      onCurrent={(to) => void navigate({ to: '/ship', search: { delivery: to } as never, replace: true })}
      pieces={row && (straight || row.state === 'draft') ? pieces : []}
      words={{
        expected: t('ship.expected'),
        all: t('ship.all'),
        some: (count) => t('ship.some', { count }),
        full: t('ship.full'),
        short: (n) => t('ship.short', { n }),
        none: t('ship.none'),
        nothing: t('ship.nothing'),
        nothingText: t('ship.nothing_text'),
      }}
      back={
        search.order !== undefined && orders
          ? { label: t('handover.back'), to: recordPath(orders, search.order) }
          : undefined
      }
      effects={tried.effects}
      fault={fault ?? tried.fault}
      busy={busy}
      typed={search.order !== undefined}
      onCounts={setCounts}
      onFinish={(final) => void finish(final)}
    />
  );
}

function piecesOf(
  lines: Row[],
  known: { id: number; code: string; kind: string }[],
  straight: boolean,
  picks: Pick[],
): Piece[] {
  return lines
    .filter((line) => !straight || known.find((k) => k.id === line.product_id)?.kind === 'goods')
    .map((line) => ({
      id: line.id,
      name: String(line.text || (line.product as { title?: string } | null)?.title || ''),
      code: known.find((c) => c.id === line.product_id)?.code ?? '',
      of: Number(straight ? (line.to_deliver ?? 0) : line.quantity),
      note: <Picks picks={picks.filter((p) => p.line_id === line.id)} />,
    }))
    .filter((p) => p.of > 0);
}
