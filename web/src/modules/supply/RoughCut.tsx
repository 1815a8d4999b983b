/** Rough-cut capacity: whether it fits, and which end items make a bar. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { date, quantity } from '../../ui/format';
import { Bars } from '../../ui/notes';
import { type Bucket, type Full, fullest, type LoadOfCenter, ROUGH } from './hours';
import { BarPane, fullness, round } from './LoadTable';
import { DocLink, ItemLink, QuoteMark, useWhose } from './marks';
import type { Served } from './plan';

/** Work centers that are named where it does not fit. */
const NAMED = 3;

/** The answer in a sentence: it fits, or where it does not. */
export function RoughVerdict({ rows, called }: { rows: LoadOfCenter[]; called: (from: string) => string }) {
  const { t } = useTranslation();
  const full = fullest(rows);
  const over = full.filter((bar) => bar.share > 1);
  const name = (bar: Full) =>
    t('load.full', { center: bar.center.name, when: called(bar.bucket.from), says: fullness(bar.share, t) });
  const most = full[0];
  return (
    <div className="rec verdict">
      <p className={over.length > 0 ? 'bad' : ''} role="status">
        {over.length > 0 && t('load.not_fits', { count: over.length, what: over.slice(0, NAMED).map(name).join(', ') })}
        {over.length > NAMED && ` +${over.length - NAMED}`}
        {over.length === 0 && (most ? t('load.fits', { what: name(most) }) : t('load.nothing_wanted'))}
      </p>
      <p className="ink3">{t('load.rough_note')}</p>
    </div>
  );
}

interface EndItem {
  product_id: number;
  code: string;
  product: string;
  hours: number;
  quantity: number;
  /** Orders and forecasts, of which the first are here. */
  rows: (Partial<Served> & { hours: number; quantity: number; safety_stock?: boolean })[];
  count: number;
}

/** Orders of an end item that are named. */
const SHOWN = 8;

export function InsideRough({ center, bucket: b, called }: { center: LoadOfCenter; bucket: Bucket; called: string }) {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const asked = useQuery(
    functionQuery<{ value: EndItem[] }>(product, null, 'rough_cut_items', {
      work_center_id: center.work_center_id,
      from: b.from,
      days: b.days,
    }),
  );
  const items = asked.data?.value;
  return (
    <BarPane center={center} bucket={b} called={called} parts={ROUGH}>
      {asked.isPending && <Bars />}
      {items?.length === 0 && <p className="ink2">{t('load.empty_rough')}</p>}
      <ul className="peg">
        {items?.map((item) => (
          <EndItemRow key={`${item.product_id} ${item.product} ${item.rows[0]?.line_id ?? ''}`} item={item} />
        ))}
      </ul>
    </BarPane>
  );
}

function EndItemRow({ item }: { item: EndItem }) {
  const { t } = useTranslation();
  const whose = useWhose();
  return (
    <li>
      <span className="st prop">
        <ItemLink id={item.product_id}>{item.product}</ItemLink>
      </span>
      <span className="end">{t('load.hours', { n: quantity(round(item.hours)) })}</span>
      {item.rows.slice(0, SHOWN).map((row) => (
        <span className="sub" key={`${row.line_id ?? 0} ${row.due_on ?? ''}`}>
          {row.safety_stock || !row.entity || row.id === undefined ? (
            t('item.safety')
          ) : (
            <>
              {whose(row)} <DocLink doc={{ entity: row.entity, id: row.id, number: row.number ?? '' }} />{' '}
              <QuoteMark of={row} /> · {date(row.due_on)}
            </>
          )}{' '}
          · {quantity(row.quantity)}
        </span>
      ))}
      {item.count > SHOWN && <span className="sub">+{item.count - SHOWN}</span>}
    </li>
  );
}
