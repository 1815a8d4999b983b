/** The tablet at a work center: my next job, and the few things that a hand does there. */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntity } from '../../api/model';
import { listQuery } from '../../api/odata';
import { Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { date, dayToday, quantity } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Empty, Problem } from '../../ui/notes';
import { JobCard } from './JobCard';
import { type Job, jobsAt, jobsOf, useWorkOrders, type WorkOrder } from './jobs';

const KEPT = 'celota.work_center';

interface Center {
  id: number;
  title: string;
}

export default function Floor() {
  const { t } = useTranslation();
  const { order, orders: several } = useSearch({ strict: false }) as { order?: number; orders?: number[] };
  const [own, setOwn] = useState<number | null>(() => Number(localStorage.getItem(KEPT)) || null);
  const [asking, setAsking] = useState(false);
  const [picked, setPicked] = useState<number | null>(null);
  const { orders, pending, error } = useWorkOrders();
  const centers =
    useQuery(
      listQuery<Center>(useEntity('WorkCenter'), {
        select: ['id', 'title'],
        filter: 'archived eq false',
        orderby: 'name',
        top: 200,
      }),
    ).data ?? [];
  // Whoever comes from orders stays with them, from one work center to the next.
  const followed = nextOf(orders, order === undefined ? (several ?? []) : [order]);
  const center = followed?.operation.work_center_id ?? own;
  const here = centers.find((c) => c.id === center);
  const jobs = center === null ? [] : jobsAt(orders, center);
  const job = followed ?? jobs.find((j) => j.operation.id === picked) ?? jobs[0];
  function choose(id: number): void {
    localStorage.setItem(KEPT, String(id));
    setOwn(id);
    setAsking(false);
    setPicked(null);
  }
  const step = (by: number) => {
    const at = jobs.findIndex((j) => j.operation.id === job?.operation.id);
    setPicked(jobs[Math.min(Math.max(0, at + by), jobs.length - 1)]?.operation.id ?? null);
  };
  useActions([
    { id: 'center', label: t('floor.change'), keys: ['w'], run: () => setAsking(!asking) },
    { id: 'down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => step(1) },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => step(-1) },
  ]);
  const choosing = asking || (center === null && !pending);
  return (
    <main className="page floor" id="main">
      <Top title={here?.title ?? t('floor.title')}>
        {here && !choosing && (
          <Button k="w" onClick={() => setAsking(true)}>
            {t('floor.change')}
          </Button>
        )}
      </Top>
      {error && (
        <div className="rec">
          <Problem message={error.message} />
        </div>
      )}
      {pending && <Bars />}
      {choosing ? (
        <Centers centers={centers} orders={orders} current={center} onChoose={choose} />
      ) : (
        center !== null && (
          <div className="cols floor-cols">
            {job ? (
              <JobCard key={job.operation.id} job={job} />
            ) : (
              !pending && <Empty title={t('floor.nothing')}>{t('floor.nothing_text')}</Empty>
            )}
            <Next jobs={jobs.filter((j) => j.operation.id !== job?.operation.id)} onPick={setPicked} />
          </div>
        )
      )}
    </main>
  );
}

/** The first operation that can be worked on, of orders one after the other. */
function nextOf(orders: WorkOrder[], ids: number[]): Job | undefined {
  const jobs = ids.flatMap((id) => orders.filter((o) => o.id === id).flatMap(jobsOf));
  return jobs.find((j) => j.operation.state !== 'done');
}

function Centers({
  centers,
  orders,
  current,
  onChoose,
}: {
  centers: Center[];
  orders: WorkOrder[];
  current: number | null;
  onChoose: (id: number) => void;
}) {
  const { t } = useTranslation();
  return (
    <section className="sec" aria-label={t('floor.where')}>
      <div className="head">
        <h2>{t('floor.where')}</h2>
      </div>
      {centers.length === 0 && <p className="ink2">{t('floor.no_centers')}</p>}
      <div className="centers">
        {centers.map((c) => (
          <button
            key={c.id}
            type="button"
            className="pad"
            aria-current={c.id === current || undefined}
            onClick={() => onChoose(c.id)}
          >
            <span className="pad-word">{c.title}</span>
            <span className="ink2">{t('floor.jobs', { count: jobsAt(orders, c.id).length })}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

function Next({ jobs, onPick }: { jobs: Job[]; onPick: (operation: number) => void }) {
  const { t } = useTranslation();
  return (
    <aside className="pane next-jobs" aria-label={t('floor.next')}>
      <div className="ghead">
        <h2>{t('floor.next')}</h2>
        <span className="count">{jobs.length}</span>
      </div>
      <ul className="items">
        {jobs.map((j) => (
          <li key={j.operation.id}>
            <button type="button" className="item" onClick={() => onPick(j.operation.id)}>
              <span className="grow">
                <span className="strong">{j.order.product?.title}</span> · {j.operation.name}
                <br />
                <span className={`st ${j.waits ? 'warn-s' : 'ok-s'} ink2`}>
                  {j.waits ? t('floor.waits_for', { what: j.waits.name }) : t('floor.ready', { n: quantity(j.left) })}
                </span>
              </span>
              <span className={`age ${j.order.due_on < dayToday() ? 'bad' : 'ink3'}`}>{date(j.order.due_on)}</span>
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}
