/** Work orders as the shop floor sees them: operations at a work center, what has come to each, what is left. */
import { useQuery } from '@tanstack/react-query';
import type { Row } from '../../api/client';
import { type Entity, useEntity } from '../../api/model';
import { listQuery } from '../../api/odata';

interface Named {
  id: number;
  title: string;
}

export interface Operation {
  id: number;
  position: number;
  name: string;
  work_center_id: number;
  work_center?: Named;
  setup_minutes: number;
  run_minutes: number;
  state: 'waiting' | 'started' | 'done';
  good: number;
  /** What is good goes on when it has passed. */
  inspect?: boolean;
  passed?: number;
  scrapped: number;
  minutes: number;
}

export interface Component {
  id: number;
  product_id: number;
  product?: Named;
  quantity: number;
  issued: number;
  pegged: number;
  settled: boolean;
}

export interface WorkOrder extends Row {
  number: string;
  state: string;
  quantity: number;
  completed: number;
  scrapped: number;
  due_on: string;
  starts_on: string;
  short_lines: number;
  product_id: number;
  product?: Named;
  operations: Operation[];
  components: Component[];
}

/** Orders that are not finished, what is due first, first. */
export function useWorkOrders() {
  const asked = useQuery(
    listQuery<WorkOrder>(useEntity('WorkOrder'), {
      filter: "state eq 'planned' or state eq 'firm' or state eq 'released' or state eq 'started'",
      orderby: 'due_on,id',
      expand: [
        'product($select=id,title)',
        'operations($expand=work_center($select=id,title))',
        'components($expand=product($select=id,title))',
      ],
      top: 500,
    }),
  );
  return { orders: asked.data ?? [], pending: asked.isPending, error: asked.error };
}

/** An operation of an order, as a job at a work center. */
export interface Job {
  order: WorkOrder;
  operation: Operation;
  /** Its place among the operations, from 0. */
  at: number;
  /** What can be worked on now. */
  left: number;
  /** What will have gone through it in all. */
  of: number;
  /** The operation that it waits for. */
  waits: Operation | null;
  last: boolean;
}

/** What may go on from an operation. */
export function throughOf(o: Operation): number {
  return o.inspect ? (o.passed ?? 0) : o.good;
}

export function jobsOf(order: WorkOrder): Job[] {
  return order.operations.map((operation, at) => {
    const before = order.operations.slice(0, at);
    const earlier = before.at(-1);
    const lost = before.reduce((sum, o) => sum + o.scrapped, 0);
    const of = order.quantity - lost;
    const through = operation.good + operation.scrapped;
    const left = Math.max(0, (earlier ? throughOf(earlier) : of) - through);
    return {
      order,
      operation,
      at,
      left,
      of,
      waits: left <= 0 && earlier && operation.state !== 'done' ? earlier : null,
      last: at === order.operations.length - 1,
    };
  });
}

export function isOpen(order: WorkOrder): boolean {
  return order.state === 'released' || order.state === 'started';
}

/** Jobs at a work center: what is begun, then what can be begun, what is due first. */
export function jobsAt(orders: WorkOrder[], center: number): Job[] {
  const rank = (j: Job) => (j.left <= 0 ? 2 : j.operation.state === 'started' ? 0 : 1);
  return orders
    .filter(isOpen)
    .flatMap(jobsOf)
    .filter((j) => j.operation.work_center_id === center && j.operation.state !== 'done')
    .toSorted((a, b) => rank(a) - rank(b) || a.order.due_on.localeCompare(b.order.due_on) || a.order.id - b.order.id);
}

/** What is good and lies beside the machine, in no stock yet. */
export function toStock(order: WorkOrder): number {
  const last = order.operations.at(-1);
  return last ? Math.max(0, throughOf(last) - order.completed) : 0;
}

/** What of a component is neither used nor held. */
export function missing(c: Component): number {
  return c.settled ? 0 : Math.max(0, c.quantity - c.issued - c.pegged);
}

/** Set-up with the first pieces, then what each takes. */
export function plannedMinutes(o: Operation, pieces: number): number {
  const first = o.good === 0 && o.scrapped === 0 && o.minutes === 0;
  return pieces * o.run_minutes + (first ? o.setup_minutes : 0);
}

/** Where the paper lies by which a work order is picked and made. */
export function pickList(entity: Entity, id: number): string {
  return `/pdf/${entity.set}(${id})/pick_list`;
}
