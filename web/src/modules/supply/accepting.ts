/** Agreeing to proposals: a batch at a time, with a result for each. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Fault, Refused } from '../../api/client';
import { type Call, offerUndo, type Reply, refresh, send } from '../../api/commands';
import { type Entity, type Model, useModel } from '../../api/model';
import { acceptLine, batches, type Doc, isNew, keyOf, type Proposal, wayOf } from './plan';

export interface Outcome {
  key: string;
  what: string;
  ok: boolean;
  message?: string;
  advice?: string;
}

export interface Accepted {
  of: number;
  outcomes: Outcome[];
  made: Doc[];
}

interface Step {
  outcomes: Outcome[];
  made: Doc[];
}

export function useAccepting() {
  const model = useModel();
  const client = useQueryClient();
  const [run, setRun] = useState<Accepted | null>(null);
  const [busy, setBusy] = useState(false);
  async function accept(chosen: Proposal[]): Promise<void> {
    if (busy || chosen.length === 0) return;
    setBusy(true);
    const so: Accepted = { of: chosen.length, outcomes: [], made: [] };
    setRun(so);
    const did = (step: Step) => {
      so.outcomes.push(...step.outcomes);
      so.made.push(...step.made);
      setRun({ ...so });
    };
    try {
      for (const batch of batches(chosen)) did(await acceptBatch(batch, model));
      for (const one of chosen.filter((p) => !isNew(p))) did(await moved(one, model));
    } finally {
      setBusy(false);
      await refresh(client);
    }
  }
  /** Agrees to one with figures of a person's own; what is refused comes back, and nothing is ordered. */
  async function acceptAs(p: Proposal): Promise<Fault[]> {
    const product = model.entities.Product;
    if (busy || !product) return [];
    setBusy(true);
    try {
      const reply = await undoable(product, { command: 'accept', body: { lines: [acceptLine(p)] } });
      setRun({ of: 1, outcomes: [good(p)], made: madeBy(reply.result) });
      await refresh(client);
      return [];
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.all;
    } finally {
      setBusy(false);
    }
  }
  return { accept, acceptAs, run, busy, clear: () => setRun(null) };
}

/** `z` takes it back. */
async function undoable(entity: Entity, what: Call): Promise<Reply> {
  const reply = await send(entity, what);
  if (reply.undo) offerUndo(reply.undo);
  return reply;
}

function good(p: Proposal): Outcome {
  return { key: keyOf(p), what: p.product, ok: true };
}

function refused(p: Proposal, error: Refused, fault = error.all[0]): Outcome {
  return {
    key: keyOf(p),
    what: p.product,
    ok: false,
    message: fault?.message ?? error.message,
    advice: fault?.advice ?? '',
  };
}

/** A refusal names its lines: those stay, the others go again without them. */
async function acceptBatch(batch: Proposal[], model: Model): Promise<Step> {
  const product = model.entities.Product;
  if (!product || batch.length === 0) return { outcomes: [], made: [] };
  try {
    const reply = await undoable(product, { command: 'accept', body: { lines: batch.map(acceptLine) } });
    return { outcomes: batch.map(good), made: madeBy(reply.result) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const wrong = new Map(
      error.all.flatMap((f) => {
        const at = /^lines\/(\d+)/.exec(f.field ?? '')?.[1];
        return at === undefined ? [] : [[Number(at), f] as const];
      }),
    );
    const all = wrong.size === 0;
    if (all && batch.length > 1) {
      // It does not say which: each by itself.
      const out: Step = { outcomes: [], made: [] };
      for (const p of batch) {
        const step = await acceptBatch([p], model);
        out.outcomes.push(...step.outcomes);
        out.made.push(...step.made);
      }
      return out;
    }
    const outcomes = batch.flatMap((p, i) => (all || wrong.has(i) ? [refused(p, error, wrong.get(i))] : []));
    const rest = await acceptBatch(all ? [] : batch.filter((_, i) => !wrong.has(i)), model);
    return { outcomes: [...outcomes, ...rest.outcomes], made: rest.made };
  }
}

function madeBy(result: unknown): Doc[] {
  const ids = (result ?? {}) as {
    purchase_order_ids?: number[];
    work_order_ids?: number[];
    transfer_order_ids?: number[];
  };
  return [
    ...(ids.purchase_order_ids ?? []).map((id) => ({ entity: 'PurchaseOrder', id, number: '' })),
    ...(ids.work_order_ids ?? []).map((id) => ({ entity: 'WorkOrder', id, number: '' })),
    ...(ids.transfer_order_ids ?? []).map((id) => ({ entity: 'TransferOrder', id, number: '' })),
  ];
}

/** What is on order already: moved, or called off. */
async function moved(p: Proposal, model: Model): Promise<Step> {
  const way = wayOf(p, model);
  if (way?.by !== 'command' || !p.document) return { outcomes: [], made: [] };
  try {
    const lines = await linesOf(way.entity, p);
    const body = { ...way.body, ...lines };
    const reply = await undoable(way.entity, { command: way.command, id: p.document.id, body });
    const { bill_id: bill } = (reply.result ?? {}) as { bill_id?: number };
    return { outcomes: [good(p)], made: [bill ? { entity: 'Bill', id: bill, number: '' } : p.document] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { outcomes: [refused(p, error)], made: [] };
  }
}

/** Of a purchase order only what it brings of the product is moved. */
async function linesOf(entity: Entity, p: Proposal): Promise<{ lines?: { line_id: number }[] }> {
  if (entity.name !== 'PurchaseOrder' || !p.document) return {};
  const order = await call<{ lines: { id: number; product_id: number }[] }>(
    'GET',
    `/odata/${entity.set}(${p.document.id})?$expand=lines`,
  );
  return { lines: order.lines.filter((l) => l.product_id === p.product_id).map((l) => ({ line_id: l.id })) };
}
