/** Load against capacity: each work center day by day or week by week, and what a bar is made of. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { Foot, Top } from '../../record/Top';
import { date, quantity, whole } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Problem } from '../../ui/notes';
import { type Bucket, held, type LoadOfCenter, share } from './hours';
import { JobRows } from './Jobs';
import type { BoardData } from './machines';
import { NoCenter } from './NoCenter';
import { PlanTabs } from './PlanTabs';

interface Search {
  by?: 'day' | 'week';
  /** The work center and the bar that stand open. */
  c?: number;
  at?: string;
}

const COUNT = { day: 14, week: 10 } as const;

export default function Load() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const by = search.by === 'day' ? 'day' : 'week';
  const asked = useQuery(
    functionQuery<{ value: LoadOfCenter[]; unplaced: number }>(product, null, 'load', {
      bucket_days: by === 'day' ? 1 : 7,
      count: COUNT[by],
    }),
  );
  const rows = asked.data?.value ?? [];
  const row = Math.max(
    0,
    rows.findIndex((r) => r.work_center_id === search.c),
  );
  const buckets = rows[row]?.buckets ?? [];
  const column = Math.max(
    0,
    buckets.findIndex((b) => b.from === search.at),
  );
  const put = (next: Search) =>
    void navigate({ to: '/plan/load', search: { ...search, ...next } as never, replace: true, resetScroll: false });
  const go = (r: number, c: number) => {
    const center = rows[Math.min(Math.max(0, r), rows.length - 1)];
    const bar = center?.buckets[Math.min(Math.max(0, c), center.buckets.length - 1)];
    if (center && bar) put({ c: center.work_center_id, at: bar.from });
  };
  const opened = search.at !== undefined && buckets[column] !== undefined;
  useActions([
    { id: 'day', label: t('load.by_day'), keys: ['d'], run: () => put({ by: 'day' }) },
    { id: 'week', label: t('load.by_week'), keys: ['w'], run: () => put({ by: 'week' }) },
    {
      id: 'right',
      label: t('load.next'),
      keys: ['ArrowRight'],
      quiet: true,
      run: () => go(row, opened ? column + 1 : 0),
    },
    { id: 'left', label: t('load.previous'), keys: ['ArrowLeft'], quiet: true, run: () => go(row, column - 1) },
    {
      id: 'down',
      label: t('keys.next_row'),
      keys: ['j', 'ArrowDown'],
      quiet: true,
      run: () => go(opened ? row + 1 : 0, column),
    },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => go(row - 1, column) },
    {
      id: 'board',
      label: t('board.title'),
      keys: ['b'],
      run: () => void navigate({ to: '/plan/board', search: (opened ? { from: search.at } : {}) as never }),
    },
    {
      id: 'close',
      label: t('app.close'),
      keys: ['Escape'],
      quiet: true,
      run: () =>
        opened
          ? void navigate({ to: '/plan/load', search: { by } as never, replace: true })
          : void navigate({ to: '/plan' }),
    },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('load.title')} crumbs={[{ label: t('plan.title'), to: '/plan' }]}>
        <PlanTabs />
      </Top>
      {asked.error && (
        <div className="rec">
          <Problem message={asked.error.message} advice={(asked.error as { advice?: string }).advice ?? ''} />
        </div>
      )}
      {asked.isPending && <Bars />}
      {asked.isSuccess && rows.length === 0 && <NoCenter />}
      {rows.length > 0 && (
        <div className={`cols split bench ${opened ? 'opened' : ''}`}>
          <section className="pane left" aria-label={t('load.title')}>
            <div className="tools">
              <div className="legend">
                {(['released', 'firm', 'planned', 'down'] as const).map((what) => (
                  <span key={what}>
                    <i className={`bar-${what}`} aria-hidden="true" />
                    {t(`load.kind.${what}`)}
                  </span>
                ))}
              </div>
              <div className="tools-end tabs" role="tablist" aria-label={t('load.by')}>
                {(['day', 'week'] as const).map((b) => (
                  <button key={b} type="button" role="tab" aria-selected={b === by} onClick={() => put({ by: b })}>
                    {t(`load.by_${b}`)}
                  </button>
                ))}
              </div>
            </div>
            {(asked.data?.unplaced ?? 0) > 0 && (
              <p className="rec ink3">{t('load.unplaced', { count: asked.data?.unplaced ?? 0 })}</p>
            )}
            <LoadTable rows={rows} row={opened ? row : -1} column={column} onBar={go} />
          </section>
          {opened && rows[row] && buckets[column] && <Inside center={rows[row]} bucket={buckets[column]} />}
        </div>
      )}
      <Foot
        keys={[
          [['←', '→', '↑', '↓'], t('load.bars')],
          [['D'], t('load.by_day')],
          [['W'], t('load.by_week')],
          [['B'], t('board.title')],
          [['Esc'], t('app.close')],
        ]}
      />
    </main>
  );
}

interface TableProps {
  rows: LoadOfCenter[];
  row: number;
  column: number;
  onBar: (row: number, column: number) => void;
}

function LoadTable({ rows, row, column, onBar }: TableProps) {
  const { t } = useTranslation();
  const heads = rows[0]?.buckets ?? [];
  return (
    <section className="scroll-x" aria-label={t('load.table')} tabIndex={0}>
      <table className="t load">
        <caption className="sr">{t('load.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('load.center')}</th>
            {heads.map((b) => (
              <th key={b.from} scope="col" className="num">
                {date(b.from)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((center, r) => (
            <tr key={center.work_center_id}>
              <th scope="row">
                {center.name}
                {center.units > 1 && <span className="ink3"> × {whole(center.units)}</span>}
              </th>
              {center.buckets.map((b, c) => (
                <td key={b.from}>
                  <Bar center={center} bucket={b} current={r === row && c === column} onBar={() => onBar(r, c)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is held from the ground up; what is more than there is stands above the line. */
function Bar({
  center,
  bucket: b,
  current,
  onBar,
}: {
  center: LoadOfCenter;
  bucket: Bucket;
  current: boolean;
  onBar: () => void;
}) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const used = share(b);
  const scale = Math.max(b.capacity, held(b) + b.down, 1);
  const parts = (['down', 'released', 'firm', 'planned'] as const).filter((what) => b[what] > 0);
  const says = used === null ? t('load.shut') : Number.isFinite(used) ? `${whole(used * 100)} %` : t('load.while_shut');
  const name = t('load.bar', {
    center: center.name,
    from: date(b.from),
    held: quantity(round(held(b))),
    open: quantity(round(b.capacity - b.down)),
    says,
  });
  const over = used !== null && used > 1;
  return (
    <button
      ref={button}
      type="button"
      className={`loadbar ${current ? 'cur' : ''} ${over ? 'over' : ''}`}
      aria-label={name}
      aria-pressed={current}
      title={name}
      onClick={onBar}
    >
      <span className="stack" aria-hidden="true">
        <i className="cap" style={{ bottom: `${(100 * b.capacity) / scale}%` }} />
        {parts.map((what) => (
          <i key={what} className={`bar-${what}`} style={{ height: `${(100 * b[what]) / scale}%` }} />
        ))}
      </span>
      <span className={over ? 'bad' : used === null || used === 0 ? 'ink3' : ''}>{used === 0 ? '–' : says}</span>
    </button>
  );
}

const round = (hours: number) => Math.round(hours * 10) / 10;

/** What a bar is made of. */
function Inside({ center, bucket: b }: { center: LoadOfCenter; bucket: Bucket }) {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const asked = useQuery(
    functionQuery<BoardData>(product, null, 'board', {
      from: b.from,
      days: b.days,
      work_center_id: center.work_center_id,
    }),
  );
  const data = asked.data;
  return (
    <aside className="pane why-pane" aria-label={t('load.inside')}>
      <section className="sec">
        <div className="head">
          <h2>
            {center.name}, {date(b.from)}
          </h2>
          <span className="count">{t('load.days', { count: b.days })}</span>
        </div>
        <dl className="hours">
          {(['capacity', 'down', 'released', 'firm', 'planned'] as const).map((what) => (
            <div key={what}>
              <dt>{t(`load.kind.${what}`)}</dt>
              <dd>{t('load.hours', { n: quantity(round(b[what])) })}</dd>
            </div>
          ))}
        </dl>
        {asked.isPending && <Bars />}
        {data && data.operations.length === 0 && <p className="ink2">{t('load.empty_bar')}</p>}
        {data && <JobRows jobs={data.operations} orders={data.orders} />}
      </section>
    </aside>
  );
}
