/** A product as a tree of its bills, as the server tells it, and changes of its lines. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Refused } from '../../api/client';
import { refresh, useSend } from '../../api/commands';
import { type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';

interface InTree {
  /** 0 is the product itself. */
  level: number;
  /** Where it is written. */
  bill_id: number;
  line_id: number;
  /** Whether it counts today. */
  counts: boolean;
  /** Of one product at the top; nothing for who does not see it. */
  cost: number | null;
}

export interface PartRow extends InTree {
  kind: 'component';
  product_id: number;
  code: string;
  product: string;
  unit: string;
  used_in: number;
  quantity: number;
  each: number;
  scrap_percent: number;
  operation: number | null;
  valid_from: string | null;
  valid_to: string | null;
  from_serial: number | null;
  until_serial: number | null;
  substitutes: string[];
  own: { bill_id: number; revision: number; version: number; kind: 'make' | 'phantom'; batch: number } | null;
}

export interface WorkRow extends InTree {
  kind: 'operation';
  position: number;
  name: string;
  work_center_id: number;
  work_center: string;
  setup_minutes: number;
  run_minutes: number;
  yield_percent: number;
  outside: string | null;
  minutes: number;
}

export type TreeRow = PartRow | WorkRow;

export interface Structure {
  quantity: number;
  minutes: number;
  cost: number | null;
  material: number | null;
  labour: number | null;
  outside: number | null;
  value: TreeRow[];
}

export function useStructure(product: number | undefined, bill: number) {
  const entity = useEntity('Product');
  return useQuery({
    ...functionQuery<Structure>(entity, product ?? 0, 'structure', { bill_id: bill }),
    enabled: entity !== undefined && product !== undefined,
  });
}

/** A row by the way to it: the same component may stand in several places. */
export function keysOf(rows: TreeRow[]): string[] {
  const way: string[] = [];
  return rows.map((row) => {
    way.length = row.level;
    way.push(String(row.line_id));
    return way.join('/');
  });
}

/** What is shown where some rows are folded. */
export function unfolded(rows: TreeRow[], keys: string[], folded: Set<string>): number[] {
  let below: number | null = null;
  return rows.flatMap((row, i) => {
    if (below !== null && row.level > below) return [];
    below = folded.has(keys[i] ?? '') ? row.level : null;
    return [i];
  });
}

/** The row that a row stands below. */
export function above(rows: TreeRow[], at: number): number {
  const level = rows[at]?.level ?? 0;
  return rows.findLastIndex((row, i) => i < at && row.level < level);
}

/** The lines of one bill and kind, each once, in their order. */
export function siblings(rows: TreeRow[], row: TreeRow): number[] {
  const own = rows.filter((r) => r.level > 0 && r.bill_id === row.bill_id && r.kind === row.kind);
  return [...new Set(own.map((r) => r.line_id))];
}

/** The version of a bill as it was read with the tree. */
function versionOf(rows: TreeRow[], bill: number): number | undefined {
  const owner = rows.find((r) => r.kind === 'component' && r.own?.bill_id === bill);
  return owner?.kind === 'component' ? owner.own?.version : undefined;
}

/** Changes one line of a bill, takes it out, or moves it; each at once, by the plain command, so that `z` takes it back. */
export function useLines(rows: TreeRow[], onFault: (fault: Refused | null) => void) {
  const send = useSend();
  const client = useQueryClient();
  const bills = useEntity('Bill') as Entity;
  // Two changes in a row do not wait for the tree in between.
  const versions = useRef(new Map<number, number>());
  async function save(row: TreeRow, lines: Record<string, unknown>[]): Promise<void> {
    const known = versions.current.get(row.bill_id) ?? 0;
    const version = Math.max(known, versionOf(rows, row.bill_id) ?? 0) || null;
    const name = row.kind === 'component' ? 'components' : 'operations';
    try {
      const reply = await send(bills, { command: 'update', id: row.bill_id, version, body: { [name]: lines } });
      if (reply.record?.version) versions.current.set(row.bill_id, reply.record.version);
      onFault(null);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault(error);
      // Somebody else may have been here: what is shown is what is there.
      void refresh(client);
    }
  }
  const change = (row: TreeRow, by: Record<string, unknown>) =>
    save(
      row,
      siblings(rows, row).map((id) => (id === row.line_id ? { id, ...by } : { id })),
    );
  const remove = (row: TreeRow) =>
    save(
      row,
      siblings(rows, row)
        .filter((id) => id !== row.line_id)
        .map((id) => ({ id })),
    );
  function move(row: TreeRow, by: number): void {
    const ids = siblings(rows, row);
    const at = ids.indexOf(row.line_id);
    if (at + by < 0 || at + by >= ids.length) return;
    void save(
      row,
      ids
        .toSpliced(at, 1)
        .toSpliced(at + by, 0, row.line_id)
        .map((id) => ({ id })),
    );
  }
  return { change, remove, move };
}
