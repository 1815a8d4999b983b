/** What suppliers bring: the usual answer is one key, what differs is typed over. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../../api/client';
import { useSend } from '../../api/commands';
import { type Entity, useEntity, useModel } from '../../api/model';
import { listQuery, recordQuery } from '../../api/odata';
import { listPath, recordPath } from '../../record/paths';
import { date, daysBetween, dayToday } from '../../ui/format';
import { say } from '../../ui/Toasts';
import { Handover, type Piece } from './Handover';
import { type Named, NameLot } from './Lots';
import { type Known, productCodes } from './products';
import { linesBody, useTried } from './tried';

export default function Receive() {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const send = useSend();
  const entity = useEntity('PurchaseOrder') as Entity;
  const { order } = useSearch({ strict: false }) as { order?: number };
  const [counts, setCounts] = useState<Record<number, number>>({});
  const [lots, setLots] = useState<Record<number, Named>>({});
  const [fault, setFault] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const waiting =
    useQuery(
      listQuery(entity, {
        filter: "state eq 'confirmed' and to_receive gt 0",
        orderby: 'expected_on',
        expand: ['supplier($select=id,title)'],
        top: 100,
      }),
    ).data ?? [];
  const current = order ?? waiting[0]?.id ?? null;
  const { data: row } = useQuery({ ...recordQuery(entity, current ?? 0, model.entities), enabled: current !== null });
  const codes = productCodes(useEntity('Product'), (row?.lines as Row[] | undefined) ?? []);
  const known = useQuery(codes).data ?? [];
  const pieces = current === null || row?.state !== 'confirmed' ? [] : piecesOf(row, known, lots, setLots);
  const counted = Object.keys(counts).length > 0 ? counts : Object.fromEntries(pieces.map((p) => [p.id, p.of]));
  const body = linesBody(counted, lots);
  const tried = useTried(pieces.length > 0 ? entity : undefined, current, 'receive', body);

  async function finish(final: Record<number, number>) {
    if (current === null) return;
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
      area={{ label: entity.labels, to: listPath(entity) }}
      heading={String((row?.supplier as { title?: string } | undefined)?.title ?? '')}
      under={row ? t('receive.under', { number: row.number, count: pieces.length }) : ''}
      waiting={waiting.map((w) => ({
        id: w.id,
        name: String((w.supplier as { title?: string })?.title ?? ''),
        note: String(w.number),
        end: expected(w.expected_on, t),
      }))}
      current={current}
      onCurrent={(id) => {
        setLots({});
        void navigate({ to: '/receive', search: { order: id } as never, replace: true });
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
      back={order === undefined ? undefined : { label: t('handover.back'), to: recordPath(entity, order) }}
      effects={tried.effects}
      fault={fault ?? tried.fault}
      busy={busy}
      typed={order !== undefined}
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

function piecesOf(
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
        of: Math.max(0, Number(line.quantity) - Number(line.received ?? 0)),
        note: lotted && <NameLot what={name} named={lots[line.id] ?? {}} onNamed={onNamed} />,
      };
    })
    .filter((p) => p.of > 0);
}
