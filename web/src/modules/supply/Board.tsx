/** The resource board: machines, and what is on them; an operation is moved by hand, and says what that breaks. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { date, dayToday, plusDays } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Problem } from '../../ui/notes';
import { BoardSide } from './BoardSide';
import { type BoardData, DAY, dayOf, HOUR, type Job, shut, stepped } from './machines';
import { type Moving, useMoving } from './moving';
import { NoCenter } from './NoCenter';
import { PlanTabs } from './PlanTabs';
import { Timeline } from './Timeline';

interface Search {
  from?: string;
  zoom?: 'day' | 'week';
  op?: string;
  /** By whose order it is, instead of by what is late. */
  colour?: 'order';
}

/** Days in sight, and how far a page turns. */
const SPAN = { day: 3, week: 14 } as const;

export default function Board() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const zoom = search.zoom === 'day' ? 'day' : 'week';
  const from = search.from ?? dayToday();
  const asked = useQuery(functionQuery<BoardData>(product, null, 'board', { from, days: SPAN[zoom] }));
  const data = asked.data;
  const jobs: Job[] = [...(data?.operations ?? []), ...(data?.unplaced ?? [])];
  const current = jobs.find((j) => j.key === search.op) ?? data?.operations.find((j) => j.late) ?? jobs[0];
  const moving = useMoving(jobs);
  const put = (next: Search) =>
    void navigate({ to: '/plan/board', search: { ...search, ...next } as never, replace: true, resetScroll: false });
  const select = (job: Job | undefined) => {
    if (!job) return;
    moving.hold(null);
    put({ op: job.key });
  };
  const drop = async () => {
    if (!current) return;
    const key = await moving.drop(current);
    if (key) put({ op: key });
  };
  useBoardKeys({ data, jobs, current, moving, search, zoom, put, select, drop });
  return (
    <main className="page" id="main">
      <Top title={t('board.title')} crumbs={[{ label: t('plan.title'), to: '/plan' }]}>
        <PlanTabs />
      </Top>
      {asked.error && (
        <div className="rec">
          <Problem message={asked.error.message} advice={(asked.error as { advice?: string }).advice ?? ''} />
        </div>
      )}
      {asked.isPending && <Bars />}
      {data && data.resources.length === 0 && <NoCenter />}
      {data && data.resources.length > 0 && (
        <div className="cols boardcols">
          <section className="pane left" aria-label={t('board.title')}>
            <Tools zoom={zoom} from={from} to={dayOf(data.to - 1)} search={search} put={put} />
            <Timeline
              data={data}
              zoom={zoom}
              current={current}
              moving={moving}
              byOrder={search.colour === 'order'}
              onSelect={select}
              onDrop={() => void drop()}
            />
            {data.unplaced.length > 0 && <Unplaced jobs={data.unplaced} current={current} onSelect={select} />}
          </section>
          {current && <BoardSide job={current} data={data} moving={moving} onDrop={() => void drop()} />}
        </div>
      )}
      <Foot
        keys={[
          [['J', 'K'], t('board.choose')],
          [['←', '→'], t('board.by_hours')],
          [['↑', '↓'], t('board.other_machine')],
          [['Enter'], t('board.drop')],
          [['D', 'W'], t('board.zoom')],
        ]}
      />
    </main>
  );
}

interface ToolsProps {
  zoom: 'day' | 'week';
  from: string;
  to: string;
  search: Search;
  put: (next: Search) => void;
}

function Tools({ zoom, from, to, search, put }: ToolsProps) {
  const { t } = useTranslation();
  return (
    <div className="tools">
      <Button
        look="quiet"
        k="PageUp"
        aria-label={t('board.earlier')}
        onClick={() => put({ from: plusDays(from, -SPAN[zoom]) })}
      >
        ‹
      </Button>
      <span className="strong nowrap">
        {date(from)} – {date(to)}
      </span>
      <Button
        look="quiet"
        k="PageDown"
        aria-label={t('board.later')}
        onClick={() => put({ from: plusDays(from, SPAN[zoom]) })}
      >
        ›
      </Button>
      <div className="legend desk">
        {(['run', 'released', 'firm', 'proposed', 'late', 'maint'] as const).map((look) => (
          <span key={look}>
            <i className={`op ${look}`} aria-hidden="true" />
            {t(`board.look.${look}`)}
          </span>
        ))}
      </div>
      <div className="tools-end tabs" role="tablist" aria-label={t('board.zoom')}>
        {(['day', 'week'] as const).map((z) => (
          <button key={z} type="button" role="tab" aria-selected={z === zoom} onClick={() => put({ zoom: z })}>
            {t(`board.zoom_${z}`)}
          </button>
        ))}
        <button
          type="button"
          role="tab"
          aria-selected={search.colour === 'order'}
          onClick={() => put(search.colour === 'order' ? withoutColour(search) : { colour: 'order' })}
        >
          {t('board.by_order')}
        </button>
      </div>
    </div>
  );
}

function withoutColour(search: Search): Search {
  return { ...search, colour: undefined as never };
}

/** Operations that nobody has given a time. */
function Unplaced({
  jobs,
  current,
  onSelect,
}: {
  jobs: Job[];
  current: Job | undefined;
  onSelect: (job: Job) => void;
}) {
  const { t } = useTranslation();
  return (
    <section className="sec" aria-label={t('board.unplaced')}>
      <div className="head">
        <h2>{t('board.unplaced')}</h2>
        <span className="count">{jobs.length}</span>
      </div>
      <p className="ink3">{t('board.unplaced_text')}</p>
      <div className="unplaced">
        {jobs.slice(0, 60).map((job) => (
          <button
            key={job.key}
            type="button"
            className={`op ${job.key === current?.key ? 'cur' : ''}`}
            aria-pressed={job.key === current?.key}
            onClick={() => onSelect(job)}
          >
            <span className="cut">
              {job.document?.number} {job.name}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

interface Keys {
  data: BoardData | undefined;
  jobs: Job[];
  current: Job | undefined;
  moving: Moving;
  search: Search;
  zoom: 'day' | 'week';
  put: (next: Search) => void;
  select: (job: Job | undefined) => void;
  drop: () => Promise<void>;
}

function useBoardKeys({ data, jobs, current, moving, search, zoom, put, select, drop }: Keys): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const at = current ? jobs.findIndex((j) => j.key === current.key) : -1;
  const next = (by: number) => select(jobs[Math.min(Math.max(0, at + by), jobs.length - 1)]);
  const machine = (id: number) => data?.resources.find((r) => r.work_center_id === id);
  const place = (job: Job) => ({
    key: job.key,
    work_center_id: moving.held?.work_center_id ?? job.work_center_id,
    at: moving.held?.at ?? job.from,
  });
  /** By so much along the working hours of its machine. */
  function shift(by: number) {
    if (!current || current.begun) return;
    const now = place(current);
    const there = machine(now.work_center_id);
    if (now.at === null || !there) return moving.hold({ ...now, at: null });
    moving.hold({ ...now, at: stepped(now.at, by, shut(there)) });
  }
  /** To the next machine that may do the same work. */
  function across(by: number) {
    if (!current || !data || current.begun) return;
    const now = place(current);
    const own = machine(current.work_center_id);
    const able = data.resources.filter((r) => r.group === own?.group);
    const to = able[able.findIndex((r) => r.work_center_id === now.work_center_id) + by];
    if (to) moving.hold({ ...now, work_center_id: to.work_center_id });
  }
  const turn = (by: number) => put({ from: plusDays(search.from ?? dayToday(), by * SPAN[zoom]) });
  const order = current?.orders[0];
  const related = order === undefined ? [] : jobs.filter((j) => j.orders.includes(order));
  const chain = (by: number) => select(related[related.findIndex((j) => j.key === current?.key) + by]);
  useActions([
    {
      id: 'drop',
      label: t('board.drop'),
      keys: ['Enter'],
      run: () => void (moving.held ? drop() : current?.from === null && shift(0)),
    },
    { id: 'later', label: t('board.hour_later'), keys: ['ArrowRight'], run: () => shift(HOUR) },
    { id: 'earlier', label: t('board.hour_earlier'), keys: ['ArrowLeft'], run: () => shift(-HOUR) },
    { id: 'day-later', label: t('board.day_later'), keys: ['shift+ArrowRight'], run: () => shift(DAY) },
    { id: 'day-earlier', label: t('board.day_earlier'), keys: ['shift+ArrowLeft'], run: () => shift(-DAY) },
    { id: 'down', label: t('board.machine_down'), keys: ['ArrowDown'], run: () => across(1) },
    { id: 'up', label: t('board.machine_up'), keys: ['ArrowUp'], run: () => across(-1) },
    { id: 'next', label: t('board.next'), keys: ['j'], quiet: true, run: () => next(1) },
    { id: 'previous', label: t('board.previous'), keys: ['k'], quiet: true, run: () => next(-1) },
    { id: 'chain', label: t('board.along'), keys: ['.'], run: () => chain(1) },
    { id: 'chain-back', label: t('board.back_along'), keys: [','], quiet: true, run: () => chain(-1) },
    { id: 'zoom-day', label: t('board.zoom_day'), keys: ['d'], run: () => put({ zoom: 'day' }) },
    { id: 'zoom-week', label: t('board.zoom_week'), keys: ['w'], run: () => put({ zoom: 'week' }) },
    {
      id: 'colour',
      label: t('board.by_order'),
      keys: ['t'],
      run: () => put(search.colour === 'order' ? withoutColour(search) : { colour: 'order' }),
    },
    { id: 'turn', label: t('board.later'), keys: ['PageDown'], run: () => turn(1) },
    { id: 'turn-back', label: t('board.earlier'), keys: ['PageUp'], run: () => turn(-1) },
    { id: 'load', label: t('load.title'), keys: ['v'], run: () => void navigate({ to: '/plan/load' }) },
    {
      id: 'leave',
      label: t('board.leave'),
      keys: ['Escape'],
      quiet: true,
      run: () => (moving.held ? moving.hold(null) : void navigate({ to: '/plan' })),
    },
  ]);
}
