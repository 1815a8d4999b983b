/** The machines by time: closed hours and downtimes shaded, operations as bars that can be taken hold of. */
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { date } from '../../ui/format';
import {
  type BoardData,
  clock,
  DAY,
  dayOf,
  HOUR,
  type Job,
  lookOf,
  type Machine,
  moment,
  type Placed,
  shortDay,
  stacked,
  stretch,
} from './machines';
import type { Moving } from './moving';

interface Props {
  data: BoardData;
  zoom: 'day' | 'week';
  current: Job | undefined;
  moving: Moving;
  byOrder: boolean;
  onSelect: (job: Job) => void;
  onDrop: () => void;
}

const ROW = 34;
/** Times are taken hold of by the quarter of an hour. */
const GRID = HOUR / 4;

export function Timeline(props: Props) {
  const { data, zoom } = props;
  const { t } = useTranslation();
  const lanes = useRef<HTMLDivElement>(null);
  const span = data.to - data.from;
  const x = (at: number) => `${(100 * (Math.min(Math.max(at, data.from), data.to) - data.from)) / span}%`;
  return (
    // A wide board is read sideways: a region that scrolls takes the focus (WCAG 2.1.1).
    <section className="scroll-x" aria-label={t('board.machines')} tabIndex={0}>
      <div className={`gantt ops zoom-${zoom}`} ref={lanes}>
        <div />
        <Scale data={data} zoom={zoom} x={x} />
        {data.resources.map((machine) => (
          <MachineRow key={machine.work_center_id} {...props} machine={machine} x={x} />
        ))}
      </div>
    </section>
  );
}

function Scale({ data, zoom, x }: { data: BoardData; zoom: 'day' | 'week'; x: (at: number) => string }) {
  const step = zoom === 'day' ? 6 * HOUR : DAY;
  const marks = Array.from({ length: (data.to - data.from) / step }, (_, i) => data.from + i * step);
  return (
    <div className="scale" aria-hidden="true">
      {marks.map((at) => (
        <span key={at} className={dayOf(at) === dayOf(data.now) ? 'strong' : ''} style={{ left: x(at) }}>
          {at % DAY !== 0 ? clock(at) : zoom === 'day' ? date(dayOf(at)) : shortDay(at)}
        </span>
      ))}
    </div>
  );
}

type RowProps = Props & { machine: Machine; x: (at: number) => string };

function MachineRow({ machine, x, ...props }: RowProps) {
  const { t } = useTranslation();
  const { data, moving } = props;
  const jobs = data.operations.filter((j) => j.work_center_id === machine.work_center_id);
  const { rows, row } = stacked(jobs);
  const height = Math.max(rows, machine.units) * ROW + 10;
  const held = moving.held;
  const inside = data.now >= data.from && data.now < data.to;
  const over = held?.work_center_id === machine.work_center_id;
  return (
    <>
      <div className="res" style={{ height }}>
        <span className="strong cut">{machine.name}</span>
        {machine.units > 1 && <span className="ink3">{t('board.units', { count: machine.units })}</span>}
      </div>
      <section
        className={`lane ${over ? 'over' : ''}`}
        style={{ height }}
        data-center={machine.work_center_id}
        aria-label={machine.name}
      >
        {machine.closed.map(([a, b]) => (
          <i key={a} className="shut" style={{ left: x(a), width: width(x, a, b) }} />
        ))}
        {machine.down.map((d) => (
          <a
            key={`${d.document.entity}-${d.document.id}`}
            className="op maint"
            style={{ left: x(d.from), width: width(x, d.from, d.to) }}
            href={`/${d.document.entity}s/${d.document.id}`}
            title={`${d.reason}: ${stretch(d.from, d.to)}`}
          >
            <span className="cut">{d.reason}</span>
          </a>
        ))}
        {inside && <i className="nowline" style={{ left: x(data.now) }} />}
        {jobs.map((job) => (
          <Bar key={job.key} {...props} job={job} x={x} top={5 + (row.get(job.key) ?? 0) * ROW} />
        ))}
        {over && <Ghost moving={moving} data={data} x={x} />}
      </section>
    </>
  );
}

function width(x: (at: number) => string, from: number, to: number): string {
  return `calc(${x(to)} - ${x(from)})`;
}

/** Where it is held: as the plan would place it, or red where it cannot be. */
function Ghost({ moving, data, x }: { moving: Moving; data: BoardData; x: (at: number) => string }) {
  const held = moving.held;
  const job = data.operations.find((j) => j.key === held?.key);
  const answer = moving.answer;
  const from = held?.at ?? answer?.from;
  if (!held || from === undefined || from === null) return null;
  const to = answer && !answer.no ? answer.to : from + (job ? job.to - job.from : HOUR);
  const look = answer?.no ? 'no' : answer ? (answer.late.length > 0 ? 'breaks' : 'fits') : 'asks';
  return <i className={`op ghost ${look}`} style={{ left: x(from), width: width(x, from, to) }} />;
}

/** Six tints; the same order has the same one. */
const tint = (job: Job) => `tint-${(job.orders[0] ?? 0) % 6}`;

type BarProps = Props & { job: Placed; x: (at: number) => string; top: number };

function Bar({ job, x, top, current, data, moving, byOrder, onSelect, onDrop }: BarProps) {
  const { t } = useTranslation();
  const bar = useRef<HTMLButtonElement>(null);
  const grip = useRef<{ x: number; perPixel: number; dragged: boolean } | null>(null);
  const [dragging, setDragging] = useState(false);
  const mine = job.key === current?.key;
  const related = !mine && current !== undefined && job.orders.some((o) => current.orders.includes(o));
  useEffect(() => {
    if (mine) bar.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [mine]);
  function begin(e: PointerEvent<HTMLButtonElement>) {
    const lane = bar.current?.parentElement?.getBoundingClientRect();
    if (e.button !== 0 || e.pointerType === 'touch' || !lane || job.begun) return;
    e.currentTarget.setPointerCapture(e.pointerId);
    grip.current = { x: e.clientX, perPixel: (data.to - data.from) / lane.width, dragged: false };
  }
  function drag(e: PointerEvent<HTMLButtonElement>) {
    const by = grip.current;
    if (!by || (!by.dragged && Math.abs(e.clientX - by.x) < 4 && over(e) === job.work_center_id)) return;
    if (!by.dragged) onSelect(job);
    by.dragged = true;
    setDragging(true);
    const at = Math.round((job.from + (e.clientX - by.x) * by.perPixel) / GRID) * GRID;
    const work_center_id = over(e) ?? job.work_center_id;
    const now = moving.held;
    if (now?.key !== job.key || now.at !== at || now.work_center_id !== work_center_id)
      moving.hold({ key: job.key, at, work_center_id });
  }
  function end() {
    const dragged = grip.current?.dragged;
    grip.current = null;
    setDragging(false);
    if (dragged) onDrop();
  }
  const words = [
    job.name,
    job.product,
    stretch(job.from, job.to),
    t(`load.kind.${job.kind}`),
    job.late ? t('plan.late_word') : '',
  ];
  const look = byOrder ? tint(job) : lookOf(job);
  return (
    <button
      ref={bar}
      type="button"
      className={`op bar ${look} ${mine ? 'cur' : ''} ${related ? 'rel' : ''} ${dragging ? 'held' : ''}`}
      style={{ left: x(job.from), width: width(x, job.from, job.to), top, height: ROW - 6 }}
      aria-label={words.filter(Boolean).join(', ')}
      aria-pressed={mine}
      title={`${words.filter(Boolean).join('\n')}\n${moment(job.from)}`}
      onClick={() => !grip.current?.dragged && onSelect(job)}
      onPointerDown={begin}
      onPointerMove={drag}
      onPointerUp={end}
      onPointerCancel={() => {
        grip.current = null;
        setDragging(false);
        moving.hold(null);
      }}
    >
      <span className="cut">
        {job.document?.number.replace(/^[A-Z]+\d{4}-0*/, '') ?? ''} {job.name || job.product}
      </span>
    </button>
  );
}

/** The machine below the pointer. */
function over(e: PointerEvent): number | null {
  for (const found of document.elementsFromPoint(e.clientX, e.clientY)) {
    const lane = found.closest('[data-center]');
    if (lane instanceof HTMLElement) return Number(lane.dataset.center);
  }
  return null;
}
