/** Products and groups by month; a month is typed over in its cell. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { choiceLabel, type Entity, fieldOf, useEntity } from '../../api/model';
import { parseNumber } from '../../ui/entry';
import { quantity } from '../../ui/format';
import { selects } from '../../ui/inputs';
import type { Typing } from './Demand';
import { type DemandCell, type DemandRow, keyOf, monthName } from './demand';
import { ItemLink } from './marks';

interface Props {
  rows: DemandRow[];
  months: string[];
  at: [number, number] | null;
  typing: Typing | null;
  onCell: (row: number, column: number) => void;
  /** Nothing takes back what a person has set. */
  onTyped: (quantity: number | null) => void;
  onLeave: () => void;
}

export function DemandTable({ rows, months, at, typing, onCell, onTyped, onLeave }: Props) {
  const { t } = useTranslation();
  return (
    <section className="scroll-x" aria-label={t('demand.by_month')} tabIndex={0}>
      <table className="t phased demand">
        <caption className="sr">{t('demand.by_month')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('plan.product')}</th>
            <th scope="col" className="num">
              {t('demand.last_year')}
            </th>
            {months.map((m) => (
              <th key={m} scope="col" className="num">
                {monthName(m)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={keyOf(row)} className={row.kind === 'group' ? 'group' : ''}>
              <Head row={row} />
              <td className="num">{quantity(row.last_year)}</td>
              {row.cells.map((cell, c) => (
                <td key={months[c]} className="num">
                  {at?.[0] === r && at[1] === c && typing && typing.quantity === undefined ? (
                    <CellInput
                      name={t('demand.cell', { what: row.name, month: monthName(months[c] ?? '') })}
                      first={typing.first ?? quantity(cell.adjusted ?? cell.forecast)}
                      chosen={typing.first === null}
                      onTyped={onTyped}
                      onLeave={onLeave}
                    />
                  ) : (
                    <Cell
                      row={row}
                      cell={cell}
                      typed={at?.[0] === r && at[1] === c ? (typing?.quantity ?? null) : null}
                      month={monthName(months[c] ?? '')}
                      current={at?.[0] === r && at[1] === c}
                      onCell={() => onCell(r, c)}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head({ row }: { row: DemandRow }) {
  const { t } = useTranslation();
  const entity = useEntity('Forecast') as Entity;
  if (row.kind === 'group')
    return (
      <th scope="row" className="strong">
        {row.name}
        <span className="ink3 small"> {t('demand.group')}</span>
      </th>
    );
  const { made } = row;
  const how = !row.by_forecast
    ? t('demand.by_orders')
    : made?.method
      ? t('demand.made', {
          method: choiceLabel(fieldOf(entity, 'method'), made.method),
          error: quantity(rounded(made.deviation ?? 0)),
        })
      : t(made ? 'demand.no_history' : 'demand.not_made');
  return (
    <th scope="row" className={row.inner ? 'inner' : ''}>
      <ItemLink id={row.product_id}>{row.name}</ItemLink> <span className="code ink3">{row.code}</span>
      <span className="ink3 small how">{how}</span>
    </th>
  );
}

/** An error is no figure to the sixth decimal. */
const rounded = (error: number) => (error < 10 ? Math.round(error * 10) / 10 : Math.round(error));

interface CellProps {
  row: DemandRow;
  cell: DemandCell;
  /** Typed, while it is asked why. */
  typed: number | null;
  month: string;
  current: boolean;
  onCell: () => void;
}

function Cell({ row, cell, typed, month, current, onCell }: CellProps) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const counts = row.kind === 'group' || row.by_forecast;
  const known = cell.ordered + cell.likely + cell.expected;
  const shown = typed ?? (counts ? cell.forecast : known);
  const below = counts && known > 0 ? t('demand.left', { n: quantity(cell.left) }) : '';
  const set = typed !== null || cell.adjusted !== null;
  const name = [t('demand.cell', { what: row.name, month }), quantity(shown), set ? t('demand.set') : '', below];
  return (
    <button
      ref={button}
      type="button"
      className={`demand-cell ${current ? 'cur' : ''} ${set ? 'set' : ''}`}
      aria-label={name.filter(Boolean).join(', ')}
      aria-pressed={current}
      onClick={onCell}
    >
      {shown === 0 ? <span className="ink3">–</span> : quantity(Math.round(shown * 100) / 100)}
      {below && <span className="ink3 small">{below}</span>}
    </button>
  );
}

interface InputProps {
  name: string;
  first: string;
  /** The content is chosen, so that typing replaces it. */
  chosen: boolean;
  onTyped: (quantity: number | null) => void;
  onLeave: () => void;
}

function CellInput({ name, first, chosen, onTyped, onLeave }: InputProps) {
  const [text, setText] = useState(first);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    // A digit that began it is followed by the next.
    if (!chosen) input.current?.setSelectionRange(first.length, first.length);
  }, [chosen, first]);
  const read = parseNumber(text);
  const wrong = text.trim() !== '' && (read === null || read < 0);
  return (
    <input
      ref={input}
      className="in num demand-in"
      inputMode="decimal"
      autoComplete="off"
      aria-label={name}
      aria-invalid={wrong || undefined}
      value={text}
      onFocus={(e) => chosen && selects(e)}
      onChange={(e) => setText(e.target.value)}
      onBlur={onLeave}
      onKeyDown={(e) => {
        if (e.key === 'Enter' && !wrong) {
          e.preventDefault();
          e.stopPropagation();
          onTyped(text.trim() === '' ? null : read);
        }
        if (e.key === 'Escape') {
          e.stopPropagation();
          onLeave();
        }
      }}
    />
  );
}
