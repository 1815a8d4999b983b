/** What is to arrive: from suppliers, and from other warehouses once it has left there. */
import { useQuery } from '@tanstack/react-query';
import type { Row } from '../../api/client';
import { commandOf, type Entity, useEntity } from '../../api/model';
import { listQuery } from '../../api/odata';

export interface Arriving {
  id: number;
  entity: Entity;
  /** Who sends it. */
  from: string;
  /** Its number, and where it goes, where that is not told by the firm having one warehouse. */
  note: string;
  on: string | null;
}

const MOST = 100;

const titleOf = (row: Row, way: string) => String((row[way] as { title?: string } | null)?.title ?? '');

/** First what is expected first. */
export function useArriving(): Arriving[] {
  const purchases = useEntity('PurchaseOrder');
  const transfers = useEntity('TransferOrder');
  const bought = useQuery(
    listQuery(purchases, {
      filter: "state eq 'confirmed' and to_receive gt 0",
      orderby: 'expected_on',
      expand: ['supplier($select=id,title)'],
      top: MOST,
    }),
  ).data;
  const moved = useQuery(
    listQuery(commandOf(transfers, 'receive') ? transfers : undefined, {
      filter: "state eq 'shipped'",
      orderby: 'arrives_on',
      expand: ['from_warehouse($select=id,title)', 'to_warehouse($select=id,title)'],
      top: MOST,
    }),
  ).data;
  const day = (value: unknown) => (typeof value === 'string' ? value : null);
  const all: Arriving[] = [];
  for (const row of purchases ? (bought ?? []) : []) {
    const from = titleOf(row, 'supplier');
    all.push({ id: row.id, entity: purchases as Entity, from, note: String(row.number), on: day(row.expected_on) });
  }
  for (const row of transfers ? (moved ?? []) : []) {
    const [from, note] = [titleOf(row, 'from_warehouse'), `${row.number} → ${titleOf(row, 'to_warehouse')}`];
    all.push({ id: row.id, entity: transfers as Entity, from, note, on: day(row.arrives_on) });
  }
  // What no day is known of comes last.
  return all.sort((a, b) => (a.on ?? '9999').localeCompare(b.on ?? '9999'));
}

/** How much of a line is still to arrive. */
export function openOf(line: Row): number {
  const sent = 'shipped' in line ? Number(line.shipped) - Number(line.lost ?? 0) : Number(line.quantity);
  return Math.max(0, sent - Number(line.received ?? 0));
}
