/** What the plan proposes, and how each proposal is agreed to. */
import { commandOf, type Entity, type Model } from '../../api/model';

export interface Doc {
  entity: string;
  id: number;
  number: string;
}

/** An order at the end of the pegs. */
export interface Served extends Doc {
  line_id: number;
  party_id: number | null;
  party: string | null;
  due_on: string;
  comes_on: string;
  net: number;
  promised_on: string | null;
  late: boolean;
  /** It waits for what has no hours: no date is true. */
  never: boolean;
  /** It was due before today. */
  past_due: boolean;
  /** A quote that holds what it offers. */
  quote?: boolean;
  /** Wanted by nobody yet. */
  forecast?: boolean;
}

export interface Because {
  kind: 'resource' | 'down' | 'material' | 'lead_time' | 'engineering' | 'making' | 'fence' | 'no_shifts';
  name: string;
  since?: string;
  hours?: number;
  /** Of what would help: the date it would bring. */
  on?: string;
  document?: Doc;
  product_id?: number;
}

export type ProposalKind =
  | 'make'
  | 'buy'
  | 'transfer'
  | 'expedite'
  | 'defer'
  | 'decrease'
  | 'increase'
  | 'cancel'
  | 'past_due'
  | 'expires'
  | 'engineer';

export interface Proposal {
  kind: ProposalKind;
  product_id: number;
  code: string;
  product: string;
  /** Where, if the firm has several. */
  warehouse_id?: number | null;
  warehouse?: string | null;
  /** From where it is fetched. */
  from_warehouse_id?: number | null;
  from_warehouse?: string | null;
  quantity: number;
  start_on?: string;
  due_on: string;
  to?: string | null;
  by?: number | null;
  supplier_id?: number | null;
  supplier?: string | null;
  amount?: number | null;
  document?: Doc | null;
  /** It should have been released already, whatever the machines allow. */
  past_due?: boolean;
  /** It expires before it is even made or bought. */
  planned?: boolean;
  /** The customer's order line that it is made for alone, and which of the order it is. */
  order_line_id?: number | null;
  position?: number;
  /** By which it is made; of what is engineered, the one that is being drawn. */
  bill_id?: number | null;
  orders: Served[];
  at_stake: number;
}

export interface LateOrder extends Served {
  product_id: number;
  product: string;
  days: number;
  because: Because[];
}

export interface Plan {
  value: Proposal[];
  late: LateOrder[];
  products: number;
  orders: number;
}

/** A proposal is the same one for as long as it says the same. */
export function keyOf(p: Proposal): string {
  return [
    p.kind,
    p.product_id,
    p.warehouse_id,
    p.order_line_id,
    p.document?.id,
    p.quantity,
    p.start_on,
    p.due_on,
    p.to,
  ].join('|');
}

/** Of a late order, by which the proposals that serve it are found. */
export function serves(p: Proposal, line: number): boolean {
  return p.orders.some((o) => o.line_id === line);
}

export type Way = { by: 'accept' } | { by: 'command'; entity: Entity; command: string; body: Record<string, unknown> };

/** Whether it is to be made, bought or fetched; else it is on order already. */
export function isNew(p: Proposal): boolean {
  return p.kind === 'make' || p.kind === 'buy' || p.kind === 'transfer';
}

/** Whether other figures can be agreed to than are proposed, a supplier too where nobody offers it. */
export function canChange(p: Proposal, model: Model): boolean {
  return isNew(p) && commandOf(model.entities.Product, 'accept') !== undefined;
}

/** The same proposal after the plan was made anew: what it says may have changed. */
export function sameProposal(a: Proposal, b: Proposal): boolean {
  const of = (p: Proposal) => [p.kind, p.product_id, p.warehouse_id, p.from_warehouse_id, p.order_line_id].join('|');
  return of(a) === of(b);
}

/** How a proposal is agreed to; nothing where it cannot be by one key. */
export function wayOf(p: Proposal, model: Model): Way | null {
  if (isNew(p)) {
    const accepts = commandOf(model.entities.Product, 'accept') !== undefined;
    return accepts && (p.kind !== 'buy' || p.supplier_id) ? { by: 'accept' } : null;
  }
  const entity = p.document && model.entities[p.document.entity];
  if (!entity) return null;
  if (p.kind === 'engineer') {
    const body = { line_id: p.order_line_id, product_id: p.product_id };
    // Whoever draws it has begun: what is left is on its own page.
    return commandOf(entity, 'engineer') && !p.bill_id ? { by: 'command', entity, command: 'engineer', body } : null;
  }
  // It may bring several products: it is not called off for one of them.
  if (p.kind === 'cancel' && ['PurchaseOrder', 'TransferOrder'].includes(entity.name)) return null;
  if (p.kind === 'cancel')
    return commandOf(entity, 'cancel') ? { by: 'command', entity, command: 'cancel', body: {} } : null;
  const moves = commandOf(entity, 'reschedule');
  if (p.kind === 'decrease' || p.kind === 'increase' || !moves || !p.to) return null;
  const day = ['expected_on', 'arrives_on'].find((name) => moves.input.some((f) => f.name === name)) ?? 'due_on';
  return { by: 'command', entity, command: 'reschedule', body: { [day]: p.to } };
}

/** What one request takes: all of one supplier, so that it becomes one order, all that is fetched, and some that we make. */
export function batches(proposals: Proposal[], most = 20): Proposal[][] {
  const made = proposals.filter((p) => p.kind === 'make');
  const bought = new Map<number | null | undefined, Proposal[]>();
  for (const p of proposals.filter((one) => one.kind === 'buy'))
    bought.set(p.supplier_id, [...(bought.get(p.supplier_id) ?? []), p]);
  const out = [...bought.values()];
  const fetched = proposals.filter((p) => p.kind === 'transfer');
  if (fetched.length > 0) out.push(fetched);
  for (let at = 0; at < made.length; at += most) out.push(made.slice(at, at + most));
  return out;
}

export function acceptLine(p: Proposal): Record<string, unknown> {
  return {
    product_id: p.product_id,
    quantity: p.quantity,
    make: p.kind === 'make',
    start_on: p.start_on ?? null,
    due_on: p.due_on,
    supplier_id: p.supplier_id ?? null,
    warehouse_id: p.warehouse_id ?? null,
    from_warehouse_id: p.from_warehouse_id ?? null,
    order_line_id: p.order_line_id ?? null,
  };
}
