/** Other figures than a proposal has, as they are typed. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault } from '../../api/client';
import { parseDate, parseNumber } from '../../ui/entry';
import { dateTyped, quantity } from '../../ui/format';
import type { FieldFault } from '../../ui/inputs';
import { type Proposal, sameProposal } from './plan';

export type FigureName = 'quantity' | 'due_on' | 'supplier_id';

/** What is typed, text by text, so that nothing of it is lost while the plan is made anew. */
export interface Figures {
  of: Proposal;
  quantity: string;
  day: string;
  supplier: { id: number; title: string } | null;
  /** A supplier's name that finds nobody. */
  unknown: string;
  faults: Partial<Record<FigureName | 'all', FieldFault>>;
}

const DAY = 86_400_000;

/** So many days later. */
function later(day: string, by: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by).toISOString().slice(0, 10);
}

/** The proposal with another day: what begins before it moves along, but not before today. */
export function onDay(p: Proposal, due: string, today: string): Proposal {
  if (due === p.due_on || !p.start_on) return { ...p, due_on: due };
  const by = Date.parse(due) - Date.parse(p.due_on);
  const start = later(p.start_on, Math.round(by / DAY) * DAY);
  return { ...p, due_on: due, start_on: start < today && due >= today ? today : start };
}

/** Which field of the form a fault of the server is about. */
export function placeOf(field: string | null): FigureName | 'all' {
  const name = field?.split('/').at(-1) ?? '';
  if (name === 'quantity' || name === 'supplier_id') return name;
  return ['due_on', 'expected_on', 'arrives_on', 'starts_on', 'start_on', 'ships_on'].includes(name) ? 'due_on' : 'all';
}

export function faultsOf(all: Fault[]): Figures['faults'] {
  const out: Figures['faults'] = {};
  for (const { field, message, advice } of all) out[placeOf(field)] ??= { message, advice };
  return out;
}

/** The figures of one proposal that are being typed, and the proposal that they make. */
export function useFigures(proposals: Proposal[], today: string) {
  const { t } = useTranslation();
  const [figures, setFigures] = useState<Figures | null>(null);
  const open = (p: Proposal) =>
    setFigures({
      of: p,
      quantity: quantity(p.quantity),
      day: dateTyped(p.due_on),
      supplier: p.supplier_id ? { id: p.supplier_id, title: p.supplier ?? `#${p.supplier_id}` } : null,
      unknown: '',
      faults: {},
    });
  const change = (by: Partial<Figures>) => setFigures((now) => now && { ...now, ...by });
  /** What is typed as a proposal; nothing where it cannot be read, which is said at its field. */
  function meant(): Proposal | null {
    if (!figures) return null;
    const { of, supplier, unknown } = figures;
    const qty = figures.quantity === quantity(of.quantity) ? of.quantity : parseNumber(figures.quantity);
    const due = figures.day === dateTyped(of.due_on) ? of.due_on : parseDate(figures.day, today);
    const unread = (text: string): FieldFault => ({ message: t('form.unread', { text }) });
    const faults: Figures['faults'] = {};
    if (qty === null) faults.quantity = unread(figures.quantity);
    if (due === null) faults.due_on = unread(figures.day);
    if (of.kind === 'buy' && (unknown !== '' || !supplier))
      faults.supplier_id = { message: unknown === '' ? t('short.no_offer') : t('form.unread', { text: unknown }) };
    change({ faults });
    if (qty === null || due === null || Object.keys(faults).length > 0) return null;
    const chosen = of.kind === 'buy' ? { supplier_id: supplier?.id ?? null, supplier: supplier?.title ?? null } : {};
    return onDay({ ...of, quantity: qty, ...chosen }, due, today);
  }
  // The plan may have changed what it says of it while somebody types; the same key may be there twice.
  const at = figures ? proposals.indexOf(figures.of) : -1;
  const row = !figures ? -1 : at >= 0 ? at : nearest(proposals, figures.of);
  return { figures, row, open, change, meant, close: () => setFigures(null) };
}

/** Where a proposal stands in the plan as it is now: as it was, or else the next of its product. */
export function nearest(proposals: Proposal[], of: Proposal): number {
  const says = (p: Proposal) => sameProposal(p, of) && p.quantity === of.quantity && p.due_on === of.due_on;
  const exact = proposals.findIndex(says);
  return exact >= 0 ? exact : proposals.findIndex((p) => sameProposal(p, of));
}
