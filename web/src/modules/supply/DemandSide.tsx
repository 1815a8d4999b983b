/** What a month of a row is made of, and why a person expects something else. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { choiceLabel, type Entity, fieldOf, useEntity } from '../../api/model';
import { Button } from '../../ui/Button';
import { date, percent, quantity } from '../../ui/format';
import { Labelled, TextInput } from '../../ui/inputs';
import { type DemandCell, type DemandRow, demandOf, monthName } from './demand';

interface Props {
  row: DemandRow;
  month: string;
  cell: DemandCell | undefined;
  /** A quantity was typed: why? */
  asks: number | null | undefined;
  onWhy: (reason: string) => void;
  onLeave: () => void;
}

const FIGURES = ['last_year', 'statistical', 'adjusted', 'forecast', 'ordered', 'likely', 'expected', 'left'] as const;

export function DemandSide({ row, month, cell, asks, onWhy, onLeave }: Props) {
  const { t } = useTranslation();
  if (!cell) return null;
  const figures = FIGURES.filter((f) => f !== 'adjusted' || cell.adjusted !== null);
  return (
    <aside className="pane why-pane" aria-label={t('demand.inside')}>
      <section className="sec">
        <div className="head">
          <h2>
            {row.name}, {monthName(month)}
          </h2>
        </div>
        {asks != null && <Why quantity={asks} onWhy={onWhy} onLeave={onLeave} />}
        <dl className="hours">
          {figures.map((f) => (
            <div key={f}>
              <dt>{t(`demand.figure.${f}`)}</dt>
              <dd>{cell[f] === null ? '–' : quantity(cell[f])}</dd>
            </div>
          ))}
          <div className="strong">
            <dt>{t('demand.figure.all')}</dt>
            <dd>{quantity(Math.round(demandOf(cell) * 1e6) / 1e6)}</dd>
          </div>
        </dl>
        {cell.reason && <p className="ink2">{t('demand.because', { reason: cell.reason })}</p>}
        <HowMade row={row} />
      </section>
    </aside>
  );
}

function HowMade({ row }: { row: DemandRow }) {
  const { t } = useTranslation();
  const entity = useEntity('Forecast') as Entity;
  const { made } = row;
  if (row.kind === 'group') return <p className="ink2">{t('demand.group_how')}</p>;
  if (!row.by_forecast) return <p className="ink2">{t('demand.by_orders_how')}</p>;
  if (!made) return <p className="ink2">{t('demand.not_made_how')}</p>;
  const level = row.service_level_percent;
  return (
    <>
      <h3>{t('demand.how_made')}</h3>
      <dl className="hours">
        <div>
          <dt>{t('demand.method')}</dt>
          <dd>{made.method ? choiceLabel(fieldOf(entity, 'method'), made.method) : '–'}</dd>
        </div>
        {made.season !== null && (
          <div>
            <dt>{t('demand.season')}</dt>
            <dd>{t('demand.months', { count: made.season })}</dd>
          </div>
        )}
        <div>
          <dt>{t('demand.history')}</dt>
          <dd>{t('demand.months', { count: made.history_months })}</dd>
        </div>
        <div>
          <dt>{t('demand.error')}</dt>
          <dd>{made.deviation === null ? '–' : `± ${quantity(Math.round(made.deviation * 100) / 100)}`}</dd>
        </div>
        <div>
          <dt>{t('demand.mase')}</dt>
          <dd>{made.mase === null ? '–' : percent(made.mase)}</dd>
        </div>
        <div>
          <dt>{t('demand.safety')}</dt>
          <dd>
            {quantity(row.safety_stock)}
            {level !== null && <span className="ink3"> · {percent(level / 100)}</span>}
          </dd>
        </div>
        <div>
          <dt>{t('demand.made_on')}</dt>
          <dd>{date(made.made_on)}</dd>
        </div>
      </dl>
    </>
  );
}

/** The last reason is offered again: months of a row are mostly typed for one. */
let last = '';

function Why({
  quantity: typed,
  onWhy,
  onLeave,
}: {
  quantity: number;
  onWhy: (reason: string) => void;
  onLeave: () => void;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState(last);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  return (
    <form
      ref={form}
      className="why-form"
      onSubmit={(e) => {
        e.preventDefault();
        last = reason.trim();
        if (last) onWhy(last);
      }}
    >
      <Labelled label={t('demand.why', { n: quantity(typed) })} required>
        {(ids) => (
          <TextInput
            {...ids}
            value={reason}
            onValue={setReason}
            onKeyDown={(e) => {
              if (e.key === 'Escape') {
                e.stopPropagation();
                onLeave();
              }
            }}
          />
        )}
      </Labelled>
      <div className="line">
        <Button type="submit" look="primary" disabled={reason.trim() === ''}>
          {t('demand.save')}
        </Button>
        <Button onClick={onLeave}>{t('app.cancel')}</Button>
      </div>
    </form>
  );
}
