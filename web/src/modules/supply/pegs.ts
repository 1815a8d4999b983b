/** The pegging tree, as rows that are in sight. */
import type { Doc } from './plan';

export interface PegNode {
  kind: 'on_hand' | 'receipt' | 'planned' | 'order' | 'work_order' | 'transfer';
  /** What it is where it is nothing that is stocked. */
  role?: 'engineering' | 'after_engineering' | null;
  product_id?: number;
  product?: string;
  /** Where, if the firm has several. */
  warehouse_id?: number | null;
  number?: string;
  quantity: number;
  late: boolean;
  start_on?: string;
  on?: string;
  due_on?: string;
  comes_on?: string;
  /** It waits for what has no hours. */
  never?: boolean;
  party?: string | null;
  net?: number;
  document?: Doc;
  /** What it is for. */
  /** Of a demand: a quote that holds it. */
  quote?: boolean;
  /** Wanted by nobody yet. */
  forecast?: boolean;
  up?: PegNode[];
  /** What it takes. */
  down?: PegNode[];
}

export interface PegRow {
  key: string;
  node: PegNode;
  level: number;
  /** Towards the customers, or towards the materials; nothing for the supplies themselves. */
  way: 'up' | 'down' | null;
  children: boolean;
  open: boolean;
}

/** Supplies are open at first and what is below them folded, or all is open; `turned` says what is otherwise. */
export function flat(nodes: PegNode[], turned: Set<string>, all: boolean): PegRow[] {
  const rows: PegRow[] = [];
  const walk = (node: PegNode, key: string, level: number, way: PegRow['way']) => {
    const up = way === 'down' ? [] : (node.up ?? []);
    const down = way === 'up' ? [] : (node.down ?? []);
    const children = up.length + down.length > 0;
    const open = children && (all || level === 0) !== turned.has(key);
    rows.push({ key, node, level, way, children, open });
    if (!open) return;
    for (const [i, one] of up.entries()) walk(one, `${key}u${i}`, level + 1, 'up');
    for (const [i, one] of down.entries()) walk(one, `${key}d${i}`, level + 1, 'down');
  };
  for (const [i, node] of nodes.entries()) walk(node, String(i), 0, null);
  return rows;
}
