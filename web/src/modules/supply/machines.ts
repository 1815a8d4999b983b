/** What is on the machines, and when: times are those of the clock on the wall, in seconds since 1970. */
import { date } from '../../ui/format';
import type { Because, Doc, Served } from './plan';

export const HOUR = 3600;
export const DAY = 86_400;

export type JobKind = 'planned' | 'firm' | 'released' | 'started';

/** An operation, of a work order or of a planned lot. */
export interface Job {
  key: string;
  kind: JobKind;
  work_center_id: number;
  name: string;
  from: number | null;
  to: number | null;
  product_id: number;
  product: string;
  quantity: number;
  late: boolean;
  at_stake: number;
  /** Lines of the customers' orders that it is for. */
  orders: number[];
  document?: Doc;
  operation_id?: number;
  begun?: boolean;
  hours?: number;
  lot?: number;
  step?: number;
  /** Of a planned lot, where it is made, if the firm has several warehouses. */
  warehouse_id?: number | null;
  /** The customer's order line that it is made for alone. */
  order_line_id?: number | null;
}

/** A job that has a place. */
export type Placed = Job & { from: number; to: number };

export interface Down {
  from: number;
  to: number;
  kind: 'maintenance' | 'breakdown';
  reason: string;
  document: Doc;
}

export interface Machine {
  work_center_id: number;
  name: string;
  group: number;
  units: number;
  closed: [number, number][];
  down: Down[];
}

export type ServedOrder = Served & { product: string; because: Because[] };

export interface BoardData {
  from: number;
  to: number;
  now: number;
  resources: Machine[];
  operations: Placed[];
  unplaced: Job[];
  orders: Record<string, ServedOrder>;
}

export function dayOf(at: number): string {
  return new Date(at * 1000).toISOString().slice(0, 10);
}

export function wallOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / 1000;
}

/** `06:30` */
export function clock(at: number): string {
  return new Date(at * 1000).toISOString().slice(11, 16);
}

/** `Fri 27 Nov 06:30` */
export function moment(at: number): string {
  return `${date(dayOf(at))} ${clock(at)}`;
}

/** `Fri 27`: a day among its neighbours. */
export function shortDay(at: number): string {
  return date(dayOf(at)).split(' ').slice(0, 2).join(' ');
}

/** From when to when, the day once where it is the same. */
export function stretch(from: number, to: number): string {
  return dayOf(from) === dayOf(to) ? `${moment(from)}–${clock(to)}` : `${moment(from)} – ${moment(to)}`;
}

/** What a job looks like: what has begun, what is ordered, what is only proposed. */
export function lookOf(job: Job): string {
  if (job.late) return job.kind === 'planned' ? 'late proposed' : 'late';
  return job.kind === 'planned' ? 'proposed' : job.kind === 'started' ? 'run' : job.kind === 'firm' ? 'firm' : '';
}

/** Rows within a machine: units side by side, and what overlaps all the same below them. */
export function stacked(jobs: Placed[]): { rows: number; row: Map<string, number> } {
  const ends: number[] = [];
  const row = new Map<string, number>();
  for (const job of jobs.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    const free = ends.findIndex((end) => end <= job.from);
    const at = free < 0 ? ends.length : free;
    ends[at] = job.to;
    row.set(job.key, at);
  }
  return { rows: Math.max(1, ends.length), row };
}

/** A step of the clock, over the hours in which the machine is closed. */
export function stepped(from: number, by: number, closed: [number, number][]): number {
  let at = from + by;
  for (let i = 0; i < closed.length; i++) {
    const inside = closed.find(([a, b]) => at >= a && at < b);
    if (!inside) return at;
    at = by > 0 ? inside[1] : inside[0] - Math.min(-by, HOUR);
  }
  return at;
}

/** Closed and standing together, as one list. */
export function shut(machine: Machine): [number, number][] {
  return [...machine.closed, ...machine.down.map((d): [number, number] => [d.from, d.to])];
}
