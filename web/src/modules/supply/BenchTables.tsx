/** The rows of the bench: orders that will be late, and what is proposed. */
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { date, money, quantity } from '../../ui/format';
import { Tick } from '../../ui/inputs';
import { type Changing, DayCell, EndCell, QuantityCell, SupplierCell } from './ChangeCells';
import { BillLink, DocLink, ItemLink, LotsLink, QuoteMark, Reasons, Whom } from './marks';
import { isNew, keyOf, type LateOrder, type Proposal } from './plan';

/** The current row stays in sight while the keys move. */
function useInSight(current: boolean) {
  const row = useRef<HTMLTableRowElement>(null);
  const was = useRef(current);
  useEffect(() => {
    if (current && !was.current) row.current?.scrollIntoView({ block: 'nearest' });
    was.current = current;
  }, [current]);
  return row;
}

export function LateTable({
  late,
  of,
  at,
  onRow,
}: {
  late: LateOrder[];
  of: LateOrder[];
  at: number;
  onRow: (i: number) => void;
}) {
  const { t } = useTranslation();
  const stake = of.reduce((sum, o) => sum + o.net, 0);
  return (
    <>
      <div className="ghead">
        <h2>{t('plan.late_n', { count: of.length })}</h2>
        <span className="count">{t('plan.at_stake_is', { amount: money(stake) })}</span>
      </div>
      <div className="scroll-x">
        <table className="t cards bench-late">
          <caption className="sr">{t('plan.late')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('plan.whom')}</th>
              <th scope="col" className="num">
                {t('plan.at_stake')}
              </th>
              <th scope="col">{t('plan.why')}</th>
              <th scope="col" className="num">
                {t('plan.comes')}
              </th>
            </tr>
          </thead>
          <tbody>
            {late.map((o, i) => (
              <LateRow key={o.line_id} order={o} current={i === at} onRow={() => onRow(i)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function LateRow({ order: o, current, onRow }: { order: LateOrder; current: boolean; onRow: () => void }) {
  const { t } = useTranslation();
  return (
    <tr ref={useInSight(current)} className={current ? 'cur' : ''} aria-current={current || undefined} onClick={onRow}>
      <td className="p1 cut">
        <span className="strong">{o.party ?? t('plan.own')}</span> <DocLink doc={o} /> <QuoteMark of={o} />
      </td>
      <td className="num p2">{money(o.net)}</td>
      <td className="p3 because">
        {o.because.every((b) => b.name !== o.product) && <span className="strong">{o.product}: </span>}
        <span className="ink2">
          <Reasons because={o.because} most={2} />
        </span>
      </td>
      <td className="num p4" title={t('plan.due', { date: date(o.due_on) })}>
        {!o.never && <span className="desk">{date(o.comes_on)}, </span>}
        <span className="bad">{o.never ? t('plan.no_date') : t('plan.days_late', { count: o.days })}</span>
        {o.past_due && <span className="bad past-due"> {t('plan.past_due')}</span>}
      </td>
    </tr>
  );
}

interface Props {
  proposals: Proposal[];
  /** How many there are in all. */
  all: number;
  /** Where in the whole list this one begins. */
  first: number;
  at: number;
  chosen: Set<string>;
  can: (p: Proposal) => boolean;
  toggle: (p: Proposal) => void;
  onRow: (i: number) => void;
  /** The row whose figures are typed, among those that are shown. */
  changing: { row: number; on: Changing } | null;
}

export function ProposalTable(props: Props) {
  const { t } = useTranslation();
  return (
    <>
      <div className="ghead">
        <h2>{t('plan.proposals_n', { count: props.all })}</h2>
        <span className="count">{t('plan.ranked')}</span>
      </div>
      <div className="scroll-x">
        <table className={`t cards bench-rows ${props.changing ? 'changing' : ''}`}>
          <caption className="sr">{t('plan.proposals')}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="sr">{t('keys.select')}</span>
              </th>
              <th scope="col">{t('plan.what')}</th>
              <th scope="col" className="num">
                {t('desk.qty')}
              </th>
              <th scope="col">{t('plan.from_to')}</th>
              <th scope="col">{t('plan.whom')}</th>
              <th scope="col" className="num">
                {t('plan.at_stake')}
              </th>
              <th scope="col">{t('plan.from_whom')}</th>
              <th scope="col" className="num">
                {t('desk.net')}
              </th>
            </tr>
          </thead>
          <tbody>
            {props.proposals.map((p, i) => (
              <ProposalRow
                // While it is typed in, it stays the same row, whatever the plan says of it in the meantime.
                key={props.changing?.row === i ? 'changing' : keyOf(p)}
                on={props.changing?.row === i ? props.changing.on : null}
                proposal={p}
                current={props.first + i === props.at}
                taken={props.chosen.has(keyOf(p))}
                can={props.can(p)}
                toggle={() => props.toggle(p)}
                onRow={() => props.onRow(props.first + i)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function ProposalRow({
  proposal: p,
  current,
  taken,
  can,
  toggle,
  onRow,
  on,
}: {
  proposal: Proposal;
  current: boolean;
  taken: boolean;
  can: boolean;
  toggle: () => void;
  onRow: () => void;
  on: Changing | null;
}) {
  const { t } = useTranslation();
  return (
    <tr
      ref={useInSight(current)}
      className={`${current ? 'cur' : ''} ${taken ? 'sel' : ''} ${on ? 'changing' : ''}`}
      aria-current={current || undefined}
      onClick={onRow}
    >
      <td className="p0" onClick={(e) => e.stopPropagation()}>
        {can && <Tick label={t('plan.take', { what: p.product })} checked={taken} onChecked={toggle} />}
      </td>
      <td className="p1 cut">
        <span className={`st ${isNew(p) ? 'prop' : 'warn-s'}`}>{t(`plan.kind.${p.kind}`)}</span>{' '}
        <span className="strong">
          <ItemLink id={p.product_id} warehouse={p.warehouse ? p.warehouse_id : null}>
            {p.product}
          </ItemLink>
        </span>
        {p.warehouse && <span className="ink3"> {p.warehouse}</span>}
      </td>
      {on ? <QuantityCell on={on} /> : <td className="num p2">{quantity(p.quantity)}</td>}
      {on ? (
        <DayCell on={on} />
      ) : (
        <td className="p4">
          <When proposal={p} />
          {p.past_due && <span className="bad past-due"> {t('plan.past_due')}</span>}
        </td>
      )}
      <td className="p3 cut">
        <Whom orders={p.orders} />
        {p.orders.some((o) => o.late) && <span className="bad"> {t('plan.late_word')}</span>}
      </td>
      <td className="num">{p.at_stake > 0 ? money(p.at_stake) : '–'}</td>
      {on && p.kind === 'buy' ? (
        <SupplierCell on={on} />
      ) : (
        <td className="ink2 cut">
          <From proposal={p} />
        </td>
      )}
      {on ? <EndCell on={on} /> : <td className="num">{p.amount ? money(p.amount) : '–'}</td>}
    </tr>
  );
}

/** From whom it comes, or the document that it is about. */
function From({ proposal: p }: { proposal: Proposal }) {
  const { t } = useTranslation();
  if (p.kind === 'engineer' && p.bill_id) return <BillLink bill={p.bill_id} />;
  if (p.document) return <DocLink doc={p.document} />;
  if (p.kind === 'expires') return <LotsLink product={p.product_id} name={p.product} />;
  if (p.kind === 'make') return <>{t('plan.own_shop')}</>;
  if (p.kind === 'transfer') return <>{p.from_warehouse}</>;
  return p.supplier ? p.supplier : <span className="warn">{t('short.no_offer')}</span>;
}

export function When({ proposal: p }: { proposal: Proposal }) {
  const { t } = useTranslation();
  if (p.kind === 'decrease') return <>{t('plan.by', { n: quantity(p.by) })}</>;
  if (p.kind === 'increase') return <>{t('plan.by_more', { n: quantity(p.by) })}</>;
  if (p.kind === 'cancel' || p.kind === 'expires' || p.kind === 'past_due') return <>{date(p.due_on)}</>;
  const [from, to] = p.to ? [p.due_on, p.to] : [p.start_on ?? p.due_on, p.due_on];
  return (
    <>
      <span className="nowrap">{date(from)} →</span> <span className="nowrap">{date(to)}</span>
    </>
  );
}
