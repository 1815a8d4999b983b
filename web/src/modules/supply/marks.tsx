/** Small parts of the planner's pages: a document as a link, whom something serves, what binds. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useModel } from '../../api/model';
import { listPath, recordPath, type Word } from '../../record/paths';
import { date, quantity } from '../../ui/format';
import type { Because, Doc, Served } from './plan';

export function DocLink({ doc, children }: { doc: Doc; children?: string }) {
  const entity = useModel().entities[doc.entity];
  const text = children ?? (doc.number || `#${doc.id}`);
  return entity ? (
    <Link className="name code" to={recordPath(entity, doc.id)}>
      {text}
    </Link>
  ) : (
    <span className="code">{text}</span>
  );
}

/** The bill that is being drawn for an order. */
export function BillLink({ bill }: { bill: number }) {
  const label = useModel().entities.Bill?.label ?? '';
  return <DocLink doc={{ entity: 'Bill', id: bill, number: label }} />;
}

export function ItemLink({
  id,
  warehouse,
  children,
}: {
  id: number;
  /** Where, if that is not clear. */
  warehouse?: number | null | undefined;
  children: string;
}) {
  return (
    <Link className="name" to={`/plan/${id}`} search={(warehouse ? { warehouse } : {}) as never}>
      {children}
    </Link>
  );
}

/** The lots of a product, what expires first first. */
export function LotsLink({ product, name }: { product: number; name: string }) {
  const { t } = useTranslation();
  const lots = useModel().entities.Lot;
  const f: Word[] = [
    ['product_id', 'is', product, name],
    ['on_hand', 'over', 0],
  ];
  return lots ? (
    <Link className="name" to={listPath(lots)} search={{ f, sort: 'expires_on' } as never}>
      {t('lots.all')}
    </Link>
  ) : null;
}

/** To whom it hits if a document slips. */
export function HurtsLink({ doc }: { doc: Doc }) {
  const { t } = useTranslation();
  return (
    <Link className="name" to="/plan/hurts" search={{ about: doc.entity, id: doc.id, days: 7 } as never}>
      {t('hurts.if_slips', { what: doc.number })}
    </Link>
  );
}

/** What is offered and not yet ordered. */
export function QuoteMark({ of }: { of: { quote?: boolean } }) {
  const { t } = useTranslation();
  return of.quote ? <span className="st half">{t('plan.quote')}</span> : null;
}

/** Whose it is: a customer's, our own, or nobody's yet. */
export function useWhose(): (o: { party?: string | null; forecast?: boolean }) => string {
  const { t } = useTranslation();
  return (o) => o.party ?? t(o.forecast ? 'plan.forecast' : 'plan.own');
}

/** Customers by name, once each. */
export function Whom({ orders, most = 2 }: { orders: Served[]; most?: number }) {
  const { t } = useTranslation();
  const names = [...new Set(orders.map((o) => o.party ?? o.number))];
  if (names.length === 0) return <span className="ink3">{t('plan.for_stock')}</span>;
  return (
    <>
      {names.slice(0, most).join(', ')}
      {names.length > most && <span className="ink3"> +{names.length - most}</span>}
    </>
  );
}

export function useReason(): (b: Because) => string {
  const { t } = useTranslation();
  return (b) => {
    const hours = b.hours ?? 0;
    const wait =
      hours < 1 ? '< 1 h' : hours < 48 ? `${quantity(hours)} h` : t('plan.days', { count: Math.round(hours / 24) });
    return t(`plan.because.${b.kind}${b.since ? '' : '_short'}`, { name: b.name, since: date(b.since), wait });
  };
}

/** When what is late comes; no date where it waits for what has no hours. */
export function useComes(): (o: { never?: boolean; comes_on?: string | null }) => string {
  const { t } = useTranslation();
  return (o) => (o.never ? t('plan.no_date') : t('plan.comes_late', { date: date(o.comes_on) }));
}

export function Reasons({ because, most = 9 }: { because: Because[]; most?: number }) {
  const { t } = useTranslation();
  const say = useReason();
  if (because.length === 0) return <>{t('plan.no_reason')}</>;
  return (
    <>
      {because.slice(0, most).map(say).join(' · ')}
      {because.length > most && <span className="ink3"> +{because.length - most}</span>}
    </>
  );
}
