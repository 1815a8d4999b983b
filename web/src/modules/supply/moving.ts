/** Moving an operation: where it is held for the moment, what the plan says to it, and the command that does it. */
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused } from '../../api/client';
import { type Reply, useSend } from '../../api/commands';
import { type Entity, useEntity, useModel } from '../../api/model';
import { type Arguments, functionPath } from '../../api/odata';
import { say } from '../../ui/Toasts';
import type { Job } from './machines';
import type { Because, Served } from './plan';

/** Where an operation is held, before it is dropped. */
export interface Held {
  key: string;
  work_center_id: number;
  /** As soon as there is room where nothing is said. */
  at: number | null;
}

export interface Hit extends Served {
  product_id: number;
  product: string;
  /** Whose orders wait behind an own need. */
  for: string[];
  was_on: string;
  days: number;
  because: Because[];
}

export interface Consequences {
  no?: { code: string; message: string; advice: string };
  late: Hit[];
  sooner: number;
  work_center_id: number;
  from: number;
  to: number;
  /** How many other operations move. */
  moves: number;
  operations: { product: string; name: string; work_center: string; from: number; to: number }[];
  call: { entity: string; id: number | null; command: string; body: Record<string, unknown> };
}

function asked(job: Job, held: Held): Arguments {
  const of =
    job.operation_id === undefined
      ? {
          product_id: job.product_id,
          warehouse_id: job.warehouse_id,
          order_line_id: job.order_line_id,
          lot: job.lot,
          step: job.step,
          was: job.from,
        }
      : { operation_id: job.operation_id };
  return { ...of, work_center_id: held.work_center_id, at: held.at };
}

export interface Moving {
  held: Held | null;
  /** Of the place where it is held now; nothing while it is being asked. */
  answer: Consequences | undefined;
  hold: (held: Held | null) => void;
  /** Drops it where it is held; says where it is then. */
  drop: (job: Job) => Promise<string | null>;
  busy: boolean;
  fault: { message: string; advice: string } | null;
}

export function useMoving(jobs: Job[]): Moving {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const model = useModel();
  const send = useSend();
  const [held, setHeld] = useState<Held | null>(null);
  const latest = useRef<Held | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Moving['fault']>(null);
  const job = held ? jobs.find((one) => one.key === held.key) : undefined;
  const path = held && job ? functionPath(product.set, null, 'moved', asked(job, held)) : '';
  const query = useQuery({
    queryKey: ['odata', product.name, 'fn', 'moved', path],
    queryFn: () => call<Consequences>('GET', path),
    enabled: path !== '',
    retry: false,
    // A place that the hand has left is not come back to.
    gcTime: 10_000,
  });
  const hold = (next: Held | null) => {
    latest.current = next;
    setFault(null);
    setHeld(next);
  };
  async function drop(one: Job): Promise<string | null> {
    const place = latest.current;
    if (!place || busy) return null;
    setBusy(true);
    try {
      // Asked once more by itself: what is on the screen may still be under way, and be called off.
      const path = functionPath(product.set, null, 'moved', asked(one, place));
      const answer = await call<Consequences>('GET', path);
      if (answer.no) return null;
      const { id, command, body } = answer.call;
      const entity = model.entities[answer.call.entity];
      if (!entity) return null;
      const reply = await send(entity, { command, id, body });
      hold(null);
      say(t(one.kind === 'planned' ? 'board.accepted' : 'board.dropped', { what: one.product }));
      return keyAfter(one, reply);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault({ message: error.message, advice: error.advice });
      return null;
    } finally {
      setBusy(false);
    }
  }
  return { held, answer: held ? query.data : undefined, hold, drop, busy, fault };
}

/** A proposal is a work order's operation from then on. */
function keyAfter(job: Job, reply: Reply): string {
  const [made] = ((reply.result ?? {}) as { work_order_ids?: number[] }).work_order_ids ?? [];
  return made === undefined ? job.key : `w${made}-${((job.step ?? 0) + 1) * 10}`;
}
