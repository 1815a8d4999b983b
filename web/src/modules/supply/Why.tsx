/** Why something is proposed, or late: the customers above with their dates, and what binds below. */
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button';
import { date, money, quantity } from '../../ui/format';
import { When } from './BenchTables';
import { BillLink, DocLink, HurtsLink, ItemLink, QuoteMark, useComes, useReason, useWhose } from './marks';
import { type LateOrder, type Proposal, type Served, serves } from './plan';

export function Why({
  row,
  proposals,
  onClose,
}: {
  row: LateOrder | Proposal;
  proposals: Proposal[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <aside className="pane why-pane" aria-label={t('plan.why')}>
      <section className="sec">
        <div className="head">
          <h2>
            {'kind' in row
              ? t(`plan.why_${row.kind}`, { what: row.product })
              : t('plan.why_late', { what: row.number })}
          </h2>
          <Button
            look="quiet"
            className="end phone"
            icon={<X className="i" aria-hidden="true" />}
            aria-label={t('app.close')}
            onClick={onClose}
          />
        </div>
        {'kind' in row ? <OfProposal proposal={row} /> : <OfLate order={row} proposals={proposals} />}
        {'kind' in row && row.document && row.kind !== 'engineer' && (
          <p className="why-item">
            <HurtsLink doc={row.document} />
          </p>
        )}
        <p className="why-item">
          <ItemLink id={row.product_id} warehouse={'kind' in row && row.warehouse ? row.warehouse_id : null}>
            {t('plan.item_of', { what: row.product })}
          </ItemLink>
        </p>
      </section>
    </aside>
  );
}

function OfProposal({ proposal: p }: { proposal: Proposal }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="ink2">
        {quantity(p.quantity)} · <When proposal={p} />
        {p.supplier && <> · {p.supplier}</>}
        {p.from_warehouse && (
          <>
            {' '}
            · {p.from_warehouse} → {p.warehouse}
          </>
        )}
      </p>
      {p.kind === 'engineer' && <NotReleased proposal={p} />}
      {p.orders.length === 0 ? (
        <p className="ink2">{t(p.kind === 'expires' ? 'plan.expires_unused' : 'plan.serves_nobody')}</p>
      ) : (
        <ul className="peg">
          {p.orders.map((o) => (
            <OrderPeg key={o.line_id} order={o} />
          ))}
        </ul>
      )}
    </>
  );
}

/** What is engineered to order waits for its own bill. */
function NotReleased({ proposal: p }: { proposal: Proposal }) {
  const { t } = useTranslation();
  const said = { number: p.document?.number, n: p.position, date: date(p.start_on ?? p.due_on) };
  return (
    <p>
      {t('plan.not_released', said)}{' '}
      {p.bill_id ? (
        <>
          {t('plan.is_drawn')} <BillLink bill={p.bill_id} />
        </>
      ) : (
        <span className="ink2">{t('plan.draws')}</span>
      )}
    </p>
  );
}

/** An order at the end of a peg, with what was said and what will be. */
export function OrderPeg({ order: o, children }: { order: Served; children?: React.ReactNode }) {
  const { t } = useTranslation();
  const whose = useWhose();
  const comes = useComes();
  return (
    <li>
      <span className={`st ${o.late ? 'bad-s' : 'ok-s'}`}>
        <span className="strong">{whose(o)}</span> <QuoteMark of={o} />
      </span>
      <span className={`end ${o.late ? 'bad' : ''}`}>{o.late ? comes(o) : t('plan.in_time')}</span>
      <span className="sub">
        <DocLink doc={o} /> · {t('plan.due', { date: date(o.due_on) })} · {money(o.net)}
      </span>
      {children}
    </li>
  );
}

function OfLate({ order, proposals }: { order: LateOrder; proposals: Proposal[] }) {
  const { t } = useTranslation();
  const reason = useReason();
  const taking = proposals.filter((p) => serves(p, order.line_id));
  return (
    <>
      <ul className="peg">
        <OrderPeg order={order}>
          {(order.because.length > 0 || taking.length > 0) && (
            <ul>
              {order.because.map((b) => (
                <li key={`${b.kind}-${b.name}-${b.since}`} className="here">
                  <span className="st bad-s">{reason(b)}</span>
                  {b.document && (
                    <span className="sub">
                      <DocLink doc={b.document} />
                    </span>
                  )}
                  {b.product_id && (
                    <span className="sub">
                      <ItemLink id={b.product_id}>{t('plan.item_of', { what: b.name })}</ItemLink>
                    </span>
                  )}
                </li>
              ))}
              {taking.map((p) => (
                <li key={`${p.kind}-${p.product_id}-${p.due_on}-${p.quantity}`}>
                  <span className="st prop">
                    {t(`plan.kind.${p.kind}`)} {p.product}
                  </span>
                  <span className="end">{quantity(p.quantity)}</span>
                  <span className="sub">
                    <When proposal={p} />
                  </span>
                </li>
              ))}
            </ul>
          )}
        </OrderPeg>
      </ul>
      {taking.length > 0 && <p className="ink3 why-item">{t('plan.takes_all')}</p>}
    </>
  );
}
