/** What suppliers and other warehouses bring: the usual answer is one key, what differs is typed over. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { type Entity, useEntity, useModel } from '../../api/model';
import { recordQuery } from '../../api/odata';
import { listPath, recordPath } from '../../record/paths';
import { date, daysBetween, dayToday } from '../../ui/format';
import { say } from '../../ui/Toasts';
import { openOf, useArriving } from './arriving';
import { Handover, type Piece } from './Handover';
import { type Named, NameLot } from './Lots';
import { type Known, productCodes } from './products';
import { linesBody, useTried } from './tried';

export default function Receive() {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const send = useSend();
  const purchases = useEntity('PurchaseOrder') as Entity;
  const transfers = useEntity('TransferOrder');
  const { order, transfer } = useSearch({ strict: false }) as { order?: number; transfer?: number };
  const [counts, setCounts] = useState<Record<number, number>>({});
  const [lots, setLots] = useState<Record<number, Named>>({});
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const waiting = useArriving();
  const entity = transfer !== undefined && transfers ? transfers : order !== undefined ? purchases : waiting[0]?.entity;
  const asked = transfer ?? order;
  const current = asked ?? waiting[0]?.id ?? null;
  const { data: row } = useQuery({
    ...recordQuery(entity ?? purchases, current ?? 0, model.entities),
    enabled: current !== null && entity !== undefined,
  });
  const fromWarehouse = entity !== undefined && entity === transfers;
  const codes = productCodes(useEntity('Product'), (row?.lines as Row[] | undefined) ?? []);
  const known = useQuery(codes).data ?? [];
  const comes = row?.state === (fromWarehouse ? 'shipped' : 'confirmed');
  const pieces = !row || !comes ? [] : fromWarehouse ? moved(row, known) : bought(row, known, lots, setLots);
  const counted = Object.keys(counts).length > 0 ? counts : Object.fromEntries(pieces.map((p) => [p.id, p.of]));
  const body = linesBody(counted, lots);
  const tried = useTried(pieces.length > 0 ? entity : undefined, current, 'receive', body);

  async function finish(final: Record<number, number>) {
    if (current === null || !entity) return;
    setBusy(true);
    setFault(null);
    try {
      await send(entity, { command: 'receive', id: current, body: linesBody(final, lots) });
      say(t('receive.done', { what: row?.title ?? '' }));
      setCounts({});
      setLots({});
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Handover
      title={t('receive.title')}
      area={{ label: (entity ?? purchases).labels, to: listPath(entity ?? purchases) }}
      heading={titleOf(row, fromWarehouse ? 'from_warehouse' : 'supplier')}
      under={row ? t('receive.under', { number: row.number, count: pieces.length }) : ''}
      waiting={waiting.map((w) => ({
        id: w.id,
        name: w.from,
        note: w.note,
        end: expected(w.on, t),
      }))}
      current={current}
      onCurrent={(id) => {
        setLots({});
        const of = waiting.find((w) => w.id === id)?.entity;
        const search = of !== undefined && of === transfers ? { transfer: id } : { order: id };
        void navigate({ to: '/receive', search: search as never, replace: true });
      }}
      pieces={pieces}
      words={{
        expected: t('receive.expected'),
        all: t('receive.all'),
        some: (count) => t('receive.some', { count }),
        full: t('receive.full'),
        short: (n) => t('receive.short', { n }),
        none: t('receive.none'),
        nothing: t('receive.nothing'),
        nothingText: t('receive.nothing_text'),
      }}
      back={asked === undefined || !entity ? undefined : { label: t('handover.back'), to: recordPath(entity, asked) }}
      effects={tried.effects}
      fault={fault ?? tried.fault}
      busy={busy}
      typed={asked !== undefined}
      onCounts={setCounts}
      onFinish={(final) => void finish(final)}
    />
  );
}

function expected(on: unknown, t: (key: string, options?: Record<string, unknown>) => string): string {
  if (typeof on !== 'string') return '';
  const late = daysBetween(on, dayToday());
  return late > 0 ? t('receive.late', { count: late }) : late === 0 ? t('today.title') : date(on);
}

function titleOf(row: Row | undefined, way: string): string {
  return String((row?.[way] as { title?: string } | null | undefined)?.title ?? '');
}

/** What has left the other warehouse is of the lots that were taken there. */
function moved(row: Row, known: Known[]): Piece[] {
  return ((row.lines as Row[] | undefined) ?? [])
    .map((line) => ({
      id: line.id,
      name: titleOf(line, 'product'),
      code: known.find((c) => c.id === line.product_id)?.code ?? '',
      of: openOf(line),
      note: line.lot ? <span className="code">{String(line.lot)}</span> : undefined,
    }))
    .filter((p) => p.of > 0);
}

function bought(
  row: Row,
  known: Known[],
  lots: Record<number, Named>,
  onLots: (lots: Record<number, Named>) => void,
): Piece[] {
  return ((row.lines as Row[] | undefined) ?? [])
    .map((line) => {
      const product = known.find((c) => c.id === line.product_id);
      const name = String(line.text || (line.product as { title?: string } | null)?.title || '');
      // A serial number is of one piece: numbers of more are given by the program.
      const lotted = product?.tracked_by === 'lot' || typeof product?.shelf_life_days === 'number';
      const onNamed = (named: Named) => onLots({ ...lots, [line.id]: named });
      return {
        id: line.id,
        name,
        code: product?.code ?? '',
        of: openOf(line),
        note: lotted && <NameLot what={name} named={lots[line.id] ?? {}} onNamed={onNamed} />,
      };
    })
    .filter((p) => p.of > 0);
}
