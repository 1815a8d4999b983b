/** From a bill to the shop floor: an order for the product, and what the plan proposes for what it is made of. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, Refused } from '../../api/client';
import { refresh, send } from '../../api/commands';
import { commandOf, type Entity, hasQuery, useModel } from '../../api/model';
import { functionPath } from '../../api/odata';
import type { TreeRow } from './structure';

interface Proposal {
  kind: string;
  product_id: number;
  quantity: number;
  start_on?: string;
  due_on: string;
}

/** How far ahead the plan is asked for what the order takes. */
const DAYS = 400;

export interface Made {
  orders: number[];
  /** What was refused behind the first order. */
  fault: Refused | null;
}

export function useMaking(rows: TreeRow[]) {
  const { entities } = useModel();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const orders = entities.WorkOrder;
  const product = entities.Product;

  /** Orders of their own for what is made on the way to the new order; what others wait for is theirs to agree to. */
  async function below(desk: Entity, order: number): Promise<number[]> {
    if (!hasQuery(desk, 'plan') || !commandOf(desk, 'accept')) return [];
    const made = new Set(rows.flatMap((r) => (r.level > 0 && r.kind === 'component' && r.own ? [r.product_id] : [])));
    if (made.size === 0) return [];
    const plan = await call<{ value: Proposal[] }>(
      'GET',
      functionPath(desk.set, null, 'plan', { days: DAYS, work_order_id: order }),
    );
    const lines = plan.value
      .filter((p) => p.kind === 'make' && made.has(p.product_id))
      .map((p) => ({
        product_id: p.product_id,
        quantity: p.quantity,
        make: true,
        start_on: p.start_on ?? null,
        due_on: p.due_on,
      }));
    if (lines.length === 0) return [];
    const reply = await send(desk, { command: 'accept', body: { lines } });
    const ids = (reply.result as { work_order_ids?: number[] }).work_order_ids ?? [];
    // What goes into others is begun first.
    const depth = (i: number) => Math.max(...rows.map((r) => (isOf(r, lines[i]?.product_id) ? r.level : 0)));
    return ids
      .map((id, i) => ({ id, depth: depth(i) }))
      .sort((a, b) => b.depth - a.depth)
      .map((o) => o.id);
  }

  /** By the bill that counts, or by that of an order, which makes it for that order alone. */
  async function make(of: number, quantity: number, due: string | null, bill: number | null): Promise<Made | null> {
    if (!orders || !product || busy) return null;
    setBusy(true);
    try {
      const body = { product_id: of, quantity, ...(due ? { due_on: due } : {}), ...(bill ? { bill_id: bill } : {}) };
      const first = await send(orders, { command: 'create', body });
      const made: Made = { orders: [first.id], fault: null };
      try {
        await send(orders, { command: 'firm', id: first.id });
        made.orders = [...(await below(product, first.id)), first.id];
        for (const id of made.orders) await send(orders, { command: 'release', id });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        made.fault = error;
      }
      return made;
    } finally {
      setBusy(false);
      void refresh(client);
    }
  }
  return { make, busy, can: orders?.rights.create === true && commandOf(orders, 'release') !== undefined };
}

function isOf(row: TreeRow, product: number | undefined): boolean {
  return row.kind === 'component' && row.product_id === product;
}
