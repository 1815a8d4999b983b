/** Views of lists: those that come with Celota, and a person's own, kept in this browser under their id. */
import { useSyncExternalStore } from 'react';
import { useSession } from '../api/session';
import type { ListSearch } from './paths';

export interface View {
  id: string;
  set: string;
  name: string;
  search: ListSearch;
}

const listeners = new Set<() => void>();
const cache = new Map<string, View[]>();

function place(user: number): string {
  return `celota.views.${user}`;
}

function read(user: number): View[] {
  const key = place(user);
  let views = cache.get(key);
  if (!views) {
    try {
      views = JSON.parse(localStorage.getItem(key) ?? '[]') as View[];
    } catch {
      views = [];
    }
    cache.set(key, views);
  }
  return views;
}

export function useOwnViews(): View[] {
  const user = useSession().user.id;
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => read(user),
  );
}

export function keepViews(user: number, views: View[]): void {
  cache.set(place(user), views);
  localStorage.setItem(place(user), JSON.stringify(views));
  for (const tell of listeners) tell();
}

/** Views that every firm needs; `name` is a key of the texts. */
export const SHIPPED: Record<string, { name: string; search: ListSearch }[]> = {
  Party: [
    { name: 'views.customers', search: { f: [['is_customer', 'is', true]] } },
    { name: 'views.suppliers', search: { f: [['is_supplier', 'is', true]] } },
    { name: 'views.persons', search: { f: [['kind', 'is', 'person']] } },
  ],
  SalesOrder: [
    { name: 'views.quotes', search: { f: [['state', 'is', 'quoted']] } },
    { name: 'views.open_orders', search: { f: [['state', 'is', 'confirmed']] } },
    {
      name: 'views.to_deliver',
      search: {
        f: [
          ['state', 'is', 'confirmed'],
          ['to_deliver', 'over', 0],
        ],
      },
    },
    { name: 'views.to_invoice', search: { f: [['to_invoice', 'over', 0]] } },
  ],
  PurchaseOrder: [
    {
      name: 'views.to_receive',
      search: {
        f: [
          ['state', 'is', 'confirmed'],
          ['to_receive', 'over', 0],
        ],
      },
    },
    { name: 'views.drafts', search: { f: [['state', 'is', 'draft']] } },
  ],
  Invoice: [
    {
      name: 'views.unpaid',
      search: {
        f: [
          ['state', 'is', 'posted'],
          ['open', 'over', 0],
        ],
      },
    },
    {
      name: 'views.overdue',
      search: {
        f: [
          ['state', 'is', 'posted'],
          ['open', 'over', 0],
          ['due_on', 'before', 'today'],
        ],
      },
    },
  ],
  Opportunity: [{ name: 'views.in_play', search: { f: [['stage', 'is', 'lead,qualified,proposal']] } }],
  Activity: [{ name: 'views.to_do', search: { f: [['done_on', 'empty']] } }],
  Task: [{ name: 'views.open', search: { f: [['state', 'is', 'open']] } }],
  Case: [
    { name: 'views.stopped', search: { f: [['state', 'is', 'stopped']] } },
    { name: 'views.running', search: { f: [['state', 'is', 'running']] } },
  ],
  WorkOrder: [{ name: 'views.to_inspect', search: { f: [['to_inspect', 'over', 0]] } }],
  Inspection: [
    { name: 'views.held', search: { f: [['state', 'is', 'waiting']] } },
    { name: 'views.to_settle', search: { f: [['to_settle', 'over', 0]] } },
  ],
  Lot: [
    {
      name: 'views.expire_soon',
      search: {
        f: [
          ['on_hand', 'over', 0],
          ['expires_on', 'before', 'today+31'],
        ],
        sort: 'expires_on',
      },
    },
    { name: 'views.on_hand', search: { f: [['on_hand', 'over', 0]], sort: 'expires_on' } },
    { name: 'views.held', search: { f: [['hold_reason', 'filled']] } },
  ],
  Delivery: [{ name: 'views.to_ship', search: { f: [['state', 'is', 'draft']] } }],
};
