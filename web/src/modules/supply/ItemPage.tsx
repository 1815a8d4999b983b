/** One product in the plan: the classic time-phased record, and each supply with the customers that it serves. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { choiceLabel, type Entity, fieldOf, useEntity } from '../../api/model';
import { functionQuery, listQuery } from '../../api/odata';
import { recordPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { date, quantity } from '../../ui/format';
import { ChoiceInput } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { Figure, Figures } from '../../ui/marks';
import { Bars, Problem } from '../../ui/notes';
import { LotsLink } from './marks';
import { Pegging } from './Pegging';

interface Column {
  from: string;
  gross: number;
  /** Of the gross requirements, what orders take, and what is expected. */
  ordered: number;
  forecast: number;
  scheduled: number;
  on_hand: number;
  planned: number;
  released: number;
  /** Available to promise; nothing where nothing comes. */
  available: number | null;
}

interface Phased {
  on_hand: number;
  /** What can be promised out of what is on hand, where that is before the first column. */
  available_now: number | null;
  safety_stock: number;
  /** How orders for it are answered. */
  environment: string;
  /** What of it is on hand expires when. */
  expiring: { quantity: number; expires_on: string }[];
  /** Where it is planned, if the firm has several warehouses. */
  warehouses: { warehouse_id: number; warehouse: string }[];
  value: Column[];
}

const BUCKETS = { day: 1, week: 7, month: 30 } as const;
type Bucket = keyof typeof BUCKETS;
const NAMES: Bucket[] = ['day', 'week', 'month'];

export default function ItemPage() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const navigate = useNavigate();
  const id = Number((useParams({ strict: false }) as { id?: string }).id ?? 0);
  const { by, warehouse } = useSearch({ strict: false }) as { by?: Bucket; warehouse?: number };
  const bucket: Bucket = by && by in BUCKETS ? by : 'week';
  const asked = useQuery(
    functionQuery<Phased>(product, null, 'record', {
      product_id: id,
      bucket_days: BUCKETS[bucket],
      warehouse_id: warehouse,
    }),
  );
  const [row] = useQuery(listQuery(product, { filter: `id eq ${id}`, top: 1 })).data ?? [];
  const look = (search: { by?: Bucket; warehouse?: number | undefined }) =>
    void navigate({
      to: `/plan/${id}`,
      search: { by: bucket, warehouse, ...search } as never,
      replace: true,
      resetScroll: false,
    });
  const to = (next: Bucket) => look({ by: next });
  useActions([
    { id: 'day', label: t('plan.bucket.day'), keys: ['d'], run: () => to('day') },
    { id: 'week', label: t('plan.bucket.week'), keys: ['w'], run: () => to('week') },
    { id: 'month', label: t('plan.bucket.month'), keys: ['m'], run: () => to('month') },
    { id: 'open', label: t('app.open'), keys: ['o'], run: () => void navigate({ to: recordPath(product, id) }) },
    { id: 'back', label: t('plan.back'), keys: ['Escape'], run: () => void navigate({ to: '/plan' }) },
  ]);
  const name = String(row?.title ?? `#${id}`);
  const data = asked.data;
  return (
    <main className="page" id="main">
      <Top title={name} crumbs={[{ label: t('plan.title'), to: '/plan' }]}>
        <Link className="btn" to={recordPath(product, id)}>
          {t('plan.product')}
          <kbd aria-hidden="true">O</kbd>
        </Link>
      </Top>
      {asked.error && (
        <div className="rec">
          <Problem message={asked.error.message} advice={(asked.error as { advice?: string }).advice ?? ''} />
        </div>
      )}
      {asked.isPending && <Bars />}
      {data && (
        <>
          <div className="rec">
            <Figures>
              <Figure label={t('plan.on_hand')} sub={<Expiring of={data} id={id} name={name} />}>
                {quantity(data.on_hand)}
              </Figure>
              <Figure label={t('plan.safety')}>{quantity(data.safety_stock)}</Figure>
              <Figure label={t('plan.environment')}>
                {choiceLabel(fieldOf(product, 'environment'), data.environment)}
              </Figure>
              <Figure label={t('plan.first_short')} tone={firstShort(data) ? 'warn' : ''}>
                {firstShort(data) ? date(firstShort(data)) : t('plan.never')}
              </Figure>
            </Figures>
          </div>
          <div className="tools">
            <h2>{t('plan.record')}</h2>
            {data.warehouses.length > 1 && (
              <ChoiceInput
                aria-label={t('plan.warehouse')}
                value={String(warehouse ?? data.warehouses[0]?.warehouse_id)}
                onValue={(next) => look({ warehouse: next === null ? undefined : Number(next) })}
                choices={data.warehouses.map((w) => ({ value: String(w.warehouse_id), label: w.warehouse }))}
              />
            )}
            <div className="tools-end tabs" role="tablist" aria-label={t('plan.buckets')}>
              {NAMES.map((b) => (
                <button key={b} type="button" role="tab" aria-selected={b === bucket} onClick={() => to(b)}>
                  {t(`plan.bucket.${b}`)}
                </button>
              ))}
            </div>
          </div>
          <PhasedGrid data={data} name={name} />
          <Pegging key={warehouse} id={id} warehouse={warehouse} />
        </>
      )}
      <Foot
        keys={[
          [['D', 'W', 'M'], t('plan.buckets')],
          [['←', '→'], t('pegs.folding')],
          [['F'], t('pegs.unfold_all')],
          [['O'], t('plan.product')],
          [['Esc'], t('plan.back')],
        ]}
      />
    </main>
  );
}

/** The lots that expire first, by day. */
function Expiring({ of, id, name }: { of: Phased; id: number; name: string }) {
  const { t } = useTranslation();
  const first = of.expiring.slice(0, 3);
  if (first.length === 0) return null;
  const said = first.map((e) => t('lots.part', { n: quantity(e.quantity), date: date(e.expires_on) }));
  return (
    <>
      {said.join(', ')}
      {of.expiring.length > first.length && '…'} · <LotsLink product={id} name={name} />
    </>
  );
}

function firstShort(data: Phased): string | null {
  return data.value.find((c) => c.on_hand < data.safety_stock)?.from ?? null;
}

const ROWS = ['gross', 'ordered', 'forecast', 'scheduled', 'on_hand', 'planned', 'released', 'available'] as const;

/** Nothing is a dash; but stock, and what is left of a receipt, are figures at zero too. */
function says(row: (typeof ROWS)[number], c: Column): boolean {
  return row === 'on_hand' || (row === 'available' ? c.available !== null : c[row] !== 0);
}

function lookOf(row: (typeof ROWS)[number], c: Column, data: Phased): string {
  if (row === 'available') return (c.available ?? 0) < 0 ? 'bad' : '';
  return row === 'on_hand' ? lowLook(c.on_hand, data.safety_stock) : '';
}

function PhasedGrid({ data, name }: { data: Phased; name: string }) {
  const { t } = useTranslation();
  if (data.value.length === 0) return <p className="rec ink2">{t('plan.quiet')}</p>;
  const expected = data.value.some((c) => c.forecast !== 0);
  const parts = (r: (typeof ROWS)[number]) => r === 'ordered' || r === 'forecast';
  // Of what no customer wants nothing can be promised.
  const sold = data.available_now !== null || data.value.some((c) => c.available !== null);
  const rows = ROWS.filter((r) => (r === 'available' ? sold : expected || !parts(r)));
  return (
    // A wide record is read sideways: a region that scrolls takes the focus (WCAG 2.1.1).
    <section className="scroll-x" aria-label={t('plan.record')} tabIndex={0}>
      <table className="t phased">
        <caption className="sr">{t('plan.record_of', { what: name })}</caption>
        <thead>
          <tr>
            <th scope="col" className="wide-what">
              {t('plan.from')}
            </th>
            <th scope="col" className="num">
              {t('plan.now')}
            </th>
            {data.value.map((c) => (
              <th key={c.from} scope="col" className="num">
                {date(c.from)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r} className={r === 'on_hand' ? 'strong' : ''}>
              <th scope="row" className={parts(r) ? 'inner' : ''}>
                {t(`plan.row.${r}`)}
              </th>
              <td className="num">
                {r === 'on_hand' ? quantity(data.on_hand) : r === 'available' ? quantity(data.available_now) : ''}
              </td>
              {data.value.map((c) => (
                <td key={c.from} className={`num ${lookOf(r, c, data)}`}>
                  {says(r, c) ? quantity(c[r]) : <span className="ink3">–</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function lowLook(on_hand: number, safety: number): string {
  return on_hand < 0 ? 'bad' : on_hand < safety ? 'warn' : '';
}
