/** Load against capacity: each work center day by day or week by week, and what a bar is made of. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { Foot, Top } from '../../record/Top';
import { date } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Problem } from '../../ui/notes';
import { type Bucket, DETAILED, type LoadOfCenter, ROUGH } from './hours';
import { JobRows } from './Jobs';
import { BarPane, LoadTable } from './LoadTable';
import type { BoardData } from './machines';
import { NoCenter } from './NoCenter';
import { PlanTabs } from './PlanTabs';
import { InsideRough, RoughVerdict } from './RoughCut';

type By = 'day' | 'week' | 'month' | 'quarter';

interface Search {
  view?: 'rough' | undefined;
  by?: By | undefined;
  /** The work center and the bar that stand open. */
  c?: number | undefined;
  at?: string | undefined;
}

const BY = { detailed: ['day', 'week'], rough: ['week', 'month', 'quarter'] } as const;
/** Bars in view: of weeks a quarter, of the rest a year. */
const COUNT = { detailed: { day: 14, week: 10 }, rough: { week: 13, month: 12, quarter: 4 } };
const MONTHS: { [by in By]?: number } = { month: 1, quarter: 3 };

export default function Load() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const rough = search.view === 'rough';
  const by: By = rough
    ? (BY.rough.find((b) => b === search.by) ?? 'month')
    : (BY.detailed.find((b) => b === search.by) ?? 'week');
  const count = (rough ? COUNT.rough : COUNT.detailed)[by as 'week'];
  const asked = useQuery(
    functionQuery<{ value: LoadOfCenter[]; unplaced?: number }>(
      product,
      null,
      rough ? 'rough_cut' : 'load',
      rough ? { bucket_months: MONTHS[by] ?? null, count } : { bucket_days: by === 'day' ? 1 : 7, count },
    ),
  );
  const called = (from: string) => nameOf(by, from, t);
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
  const look = (view: 'rough' | undefined) => put({ view, by: undefined, c: undefined, at: undefined });
  const lengths: readonly By[] = rough ? BY.rough : BY.detailed;
  const opened = search.at !== undefined && buckets[column] !== undefined;
  useActions([
    {
      id: 'rough',
      label: t(rough ? 'load.to_detailed' : 'load.to_rough'),
      keys: ['r'],
      run: () => look(rough ? undefined : 'rough'),
    },
    ...lengths.map((b) => ({ id: b, label: t(`load.by_${b}`), keys: [b.slice(0, 1)], run: () => put({ by: b }) })),
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
          ? void navigate({ to: '/plan/load', search: { view: search.view, by } as never, replace: true })
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
            <div className="tools load-tools">
              <div className="tabs" role="tablist" aria-label={t('load.view')}>
                {(['rough', undefined] as const).map((v) => (
                  <button
                    key={v ?? 'detailed'}
                    type="button"
                    role="tab"
                    aria-selected={v === search.view}
                    title={t(v ? 'load.rough_note' : 'load.detailed_note')}
                    onClick={() => look(v)}
                  >
                    {t(v ? 'load.rough' : 'load.detailed')}
                  </button>
                ))}
              </div>
              <div className="legend">
                {([...(rough ? ROUGH : DETAILED), 'down'] as const).map((what) => (
                  <span key={what}>
                    <i className={`bar-${what}`} aria-hidden="true" />
                    {t(`load.kind.${what}`)}
                  </span>
                ))}
              </div>
              <div className="tools-end tabs" role="tablist" aria-label={t('load.by')}>
                {lengths.map((b) => (
                  <button key={b} type="button" role="tab" aria-selected={b === by} onClick={() => put({ by: b })}>
                    {t(`load.by_${b}`)}
                  </button>
                ))}
              </div>
            </div>
            {(asked.data?.unplaced ?? 0) > 0 && (
              <p className="rec ink3">{t('load.unplaced', { count: asked.data?.unplaced ?? 0 })}</p>
            )}
            {rough && <RoughVerdict rows={rows} called={called} />}
            <LoadTable rows={rows} called={called} row={opened ? row : -1} column={column} onBar={go} />
          </section>
          {opened &&
            rows[row] &&
            buckets[column] &&
            (rough ? (
              <InsideRough center={rows[row]} bucket={buckets[column]} called={called(buckets[column].from)} />
            ) : (
              <Inside center={rows[row]} bucket={buckets[column]} called={called(buckets[column].from)} />
            ))}
        </div>
      )}
      <Foot
        keys={[
          [['←', '→', '↑', '↓'], t('load.bars')],
          ...lengths.map((b): [string[], string] => [[b.slice(0, 1).toUpperCase()], t(`load.by_${b}`)]),
          [['R'], t(rough ? 'load.detailed' : 'load.rough')],
          [['B'], t('board.title')],
          [['Esc'], t('app.close')],
        ]}
      />
    </main>
  );
}

/** What a bar is called: by its month or quarter, else by the day on which it begins. */
function nameOf(by: By, from: string, t: TFunction): string {
  const [year, month] = [from.slice(0, 4), Number(from.slice(5, 7))];
  if (by === 'month') return `${month}/${year}`;
  if (by === 'quarter') return t('load.quarter', { n: Math.ceil(month / 3), year });
  return date(from);
}

/** What a bar is made of. */
function Inside({ center, bucket: b, called }: { center: LoadOfCenter; bucket: Bucket; called: string }) {
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
    <BarPane center={center} bucket={b} called={called} parts={DETAILED}>
      {asked.isPending && <Bars />}
      {data && data.operations.length === 0 && <p className="ink2">{t('load.empty_bar')}</p>}
      {data && <JobRows jobs={data.operations} orders={data.orders} />}
    </BarPane>
  );
}
