/** The order being typed: kept in the browser until it is made, so that nothing is lost on the way. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Refused } from '../../api/client';
import type { Entity } from '../../api/model';
import { functionQuery, listQuery, search } from '../../api/odata';
import type { DeskLine, Known } from './deskLine';

export interface Desk {
  customer: { id: number; title: string } | null;
  reference: string;
  wanted: string | null;
  /** From where it is shipped; the firm's first warehouse where nothing is said. */
  warehouse: number | null;
  lines: DeskLine[];
}

const KEPT = 'celota.desk';
export const EMPTY: Desk = { customer: null, reference: '', wanted: null, warehouse: null, lines: [] };

function kept(): Desk {
  try {
    return { ...EMPTY, ...(JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Partial<Desk>) };
  } catch {
    return EMPTY;
  }
}

export function forgetDesk(): void {
  sessionStorage.removeItem(KEPT);
}

export function useDesk(customer: Desk['customer']) {
  const [desk, setDesk] = useState<Desk>(() => {
    const before = kept();
    return customer && customer.id !== before.customer?.id ? { ...EMPTY, customer } : before;
  });
  useEffect(() => {
    sessionStorage.setItem(KEPT, JSON.stringify(desk));
  }, [desk]);
  return [desk, setDesk] as const;
}

/** Looks up what was typed while the person types on; the best hit is meant. */
export function useResolve(lines: DeskLine[], put: (key: string, by: Partial<DeskLine>) => void): void {
  const open = lines.filter((l) => !l.product && !l.missing && l.typed !== '');
  const asked = open.map((l) => `${l.key}|${l.typed}`).join('\n');
  useEffect(() => {
    const stop = new AbortController();
    for (const line of open) {
      void search(line.typed, ['Product'], 1, stop.signal)
        .then(([hit]) => put(line.key, hit ? { product: { id: hit.id, title: hit.title } } : { missing: true }))
        .catch((error: unknown) => {
          if (error instanceof Refused && error.status !== 0) put(line.key, { missing: true });
        });
    }
    return () => stop.abort();
  }, [asked]);
}

/** What each line would be: price, margin, stock and a true date, asked while it is typed. */
export function useKnown(entity: Entity | undefined, desk: Desk): (Known | undefined)[] {
  const params = new Set(entity?.queries.find((q) => q.name === 'line')?.params.map((p) => p.name) ?? []);
  const answers = useQueries({
    queries: desk.lines.map((line) => {
      const all = {
        customer_id: desk.customer?.id,
        product_id: line.product?.id,
        quantity: line.quantity,
        unit_price: line.price,
        discount_percent: line.discount,
        warehouse_id: desk.warehouse,
        wanted_on: desk.wanted,
      };
      const args = Object.fromEntries(Object.entries(all).filter(([n]) => params.has(n)));
      return {
        ...functionQuery<Known>(entity as Entity, null, 'line', args),
        enabled: entity !== undefined && params.size > 0 && line.product !== null && line.quantity > 0,
      };
    }),
  });
  return answers.map((a) => a.data);
}

/** Tax by the rates of the codes, once for each code on the sum of its nets (EN 16931, BR-S-08). */
export function useTotals(entity: Entity | undefined, known: (Known | undefined)[]) {
  const codes = useQuery({
    ...listQuery<{ id: number; rate: number }>(entity as Entity, { select: ['id', 'rate'], top: 200 }),
    enabled: entity !== undefined,
  }).data;
  const nets = new Map<number | null, number>();
  for (const k of known) if (k) nets.set(k.tax_code_id, (nets.get(k.tax_code_id) ?? 0) + k.net);
  const round = (n: number) => Math.round(n * 100) / 100;
  const net = round([...nets.values()].reduce((a, b) => a + b, 0));
  const taxes = [...nets].map(([code, sum]) => round((sum * (codes?.find((c) => c.id === code)?.rate ?? 0)) / 100));
  const tax = round(taxes.reduce((a, b) => a + b, 0));
  const margin = round(known.reduce((sum, k) => sum + (k?.margin ?? 0), 0));
  const dates = known.map((k) => k?.available_on ?? null);
  const date =
    known.length > 0 && dates.every((d) => d !== null)
      ? dates.reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b), '')
      : null;
  return { net, tax, gross: round(net + tax), margin, date };
}
