/** The date on which goods that are not there can be, as the plan promises it: asked after the typing, never in its way. */
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { date, money, quantity } from '../../ui/format';
import type { Desk } from './desk';
import type { Known } from './deskLine';

export interface Binding {
  kind: 'resource' | 'material' | 'lead_time' | 'engineering' | 'making';
  name: string;
  since?: string;
  on?: string;
  /** What it would cost that this does not bind, where that is known: hours of a machine, or a supplier who is quicker. */
  cost?: number;
  takes_hours?: number;
  supplier?: string;
  days?: number;
}

interface Promised {
  on: string | null;
  late: boolean;
  because: Binding[];
  sooner: Binding[];
}

const PAUSE_MS = 300;

function useLater<T>(value: T): T {
  const [late, setLate] = useState(value);
  const said = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(JSON.parse(said) as T), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return late;
}

/** What is known about each line, with the date of the plan where neither stock nor what is on its way covers it. All
 * lines are asked about together: those above take first. */
export function useTrueDates(known: (Known | undefined)[], desk: Desk): (Known | undefined)[] {
  const { t } = useTranslation();
  const products = useEntity('Product');
  const can = hasQuery(products, 'promises');
  const wanted = desk.lines.map((line, i) => {
    const by = known[i]?.by;
    const ask = can && line.product !== null && line.quantity > 0 && (by === 'offer' || by === 'nothing');
    return ask ? `${line.product?.id}~${line.quantity}~${desk.wanted ?? ''}~~${desk.warehouse ?? ''}` : null;
  });
  const asked = useLater(wanted.filter((line) => line !== null).join('!'));
  const answer = useQuery({
    ...functionQuery<{ value: (Promised | null)[] }>(products, null, 'promises', { lines: asked }),
    enabled: can && asked !== '',
  });
  // An answer that is on its way still has the places of the one before.
  const answered = new Map(asked.split('!').map((line, i) => [line + i, answer.data?.value[i]]));
  let place = -1;
  return known.map((k, i) => {
    const line = wanted[i] ?? null;
    if (line !== null) place += 1;
    const promised = line === null ? null : answer.isPlaceholderData ? undefined : answered.get(line + place);
    // Nobody is told that there is nothing, as long as the plan has not been heard.
    if (k?.by === 'nothing' && line !== null && promised === undefined && !answer.isError)
      return { ...k, reason: t('desk.by.asking') };
    if (!k || !promised?.on) return k;
    const [binds] = promised.because;
    const [help] = promised.sooner.filter((s) => s.on && promised.on && s.on < promised.on);
    return {
      ...k,
      by: 'plan' as const,
      available_on: promised.on,
      reason: binds ? t(`desk.binds.${binds.kind}`, { name: binds.name }) : t('desk.by.plan'),
      ...(help ? { sooner: helped(help, t) } : {}),
    };
  });
}

/** What would bring it sooner, when, and for how much. */
function helped(help: Binding, t: TFunction): string {
  const sooner = t(`desk.sooner.${help.kind}`, { name: help.name, date: date(help.on) });
  if (help.cost === undefined) return sooner;
  const cost = money(help.cost);
  const price =
    help.supplier === undefined
      ? t('desk.costs.hours', { hours: quantity(help.takes_hours ?? 0), cost })
      : t('desk.costs.supplier', { supplier: help.supplier, count: help.days ?? 0, cost });
  return `${sooner} (${price})`;
}

export interface AtRisk {
  line_id: number;
  id: number;
  entity: string;
  product: string;
  due_on: string;
  comes_on: string;
  days: number;
  because: Binding[];
}

/** Lines of an order that the plan cannot bring in time. */
export function useDatesAtRisk(order: number, open: boolean): AtRisk[] {
  const products = useEntity('Product');
  const late = useQuery({
    ...functionQuery<{ late: AtRisk[] }>(products, null, 'plan', { days: 0 }),
    enabled: open && hasQuery(products, 'plan'),
  }).data?.late;
  return (late ?? []).filter((l) => l.entity === 'SalesOrder' && l.id === order);
}
