/** The tree of a bill: every level, edited in place, and one field at its end to type the next line into. */
import { Link } from '@tanstack/react-router';
import { ChevronDown, ChevronRight, Plus, X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useModel } from '../../api/model';
import { recordPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { date, money, quantity } from '../../ui/format';
import { NumberInput } from '../../ui/inputs';
import { Bars, Problem } from '../../ui/notes';
import { BillEntry } from './BillEntry';
import type { BillDesk } from './billDesk';
import type { PartRow, TreeRow, WorkRow } from './structure';

export function BillTree({ desk }: { desk: BillDesk }) {
  const { t } = useTranslation();
  const { rows, shown, structure } = desk;
  const priced = typeof structure.data?.cost === 'number';
  return (
    <section className="sec lines-sec bill-tree" aria-label={t('bill.tree')}>
      <div className="head">
        <h2>{t('bill.tree')}</h2>
        <span className="count">{rows.length > 1 ? rows.length - 1 : ''}</span>
      </div>
      {structure.error && <Problem message={structure.error.message} />}
      {desk.fault && <Problem message={desk.fault.message} advice={desk.fault.advice} />}
      {structure.isPending && <Bars />}
      <div className="scroll-x">
        <table className="t lines-t">
          <caption className="sr">{t('bill.tree')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('bill.what')}</th>
              <th scope="col" className="num">
                {t('bill.quantity')}
              </th>
              <th scope="col" className="num">
                {t('bill.scrap')}
              </th>
              <th scope="col" className="num">
                {t('bill.setup')}
              </th>
              <th scope="col" className="num">
                {t('bill.minutes')}
              </th>
              <th scope="col" className="num">
                {t('bill.each')}
              </th>
              {priced && (
                <th scope="col" className="num">
                  {t('bill.cost')}
                </th>
              )}
              <th scope="col">
                <span className="sr">{t('bill.acts')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((i) => {
              const row = rows[i];
              return row && <Row key={desk.keys[i]} desk={desk} row={row} at={i} priced={priced} />;
            })}
          </tbody>
        </table>
      </div>
      {desk.canEdit && rows.length > 0 && <BillEntry desk={desk} />}
    </section>
  );
}

function Row({ desk, row, at, priced }: { desk: BillDesk; row: TreeRow; at: number; priced: boolean }) {
  const { t } = useTranslation();
  const name = row.kind === 'component' ? row.product : row.name;
  const open = row.kind === 'component' && row.own ? !desk.folded.has(desk.keys[at] ?? '') : null;
  return (
    <tr
      className={`${desk.at === at ? 'cur' : ''} ${row.counts ? '' : 'dim'}`}
      aria-current={desk.at === at || undefined}
      onFocus={() => desk.stand(at)}
      onClick={() => desk.stand(at)}
    >
      <th scope="row">
        <div className="branch" style={{ paddingLeft: `calc(var(--s-5) + ${row.level} * 20px)` }}>
          {open === null ? (
            <span className="turn" />
          ) : (
            <button
              type="button"
              className="turn"
              aria-expanded={open}
              aria-label={t(open ? 'bill.close' : 'bill.open', { what: name })}
              onClick={() => desk.turn(at)}
            >
              {open ? (
                <ChevronDown className="i" aria-hidden="true" />
              ) : (
                <ChevronRight className="i" aria-hidden="true" />
              )}
            </button>
          )}
          <span className="grow">{row.kind === 'component' ? <Part row={row} /> : <Work row={row} />}</span>
        </div>
      </th>
      {row.kind === 'component' ? (
        <PartCells desk={desk} row={row} at={at} />
      ) : (
        <WorkCells desk={desk} row={row} at={at} />
      )}
      {priced && (
        <td className="num">
          <div className="c">{row.cost === null ? '–' : money(row.cost)}</div>
        </td>
      )}
      <td>
        <div className="acts-in">
          {desk.canEdit && row.kind === 'component' && (
            <Button
              look="quiet"
              icon={<Plus className="i" aria-hidden="true" />}
              aria-label={t('bill.add_below', { what: name })}
              onClick={() => desk.below(at)}
            />
          )}
          {desk.canEdit && at > 0 && (
            <Button
              look="quiet"
              icon={<X className="i" aria-hidden="true" />}
              aria-label={t('bill.remove_one', { what: name })}
              onClick={() => void desk.lines.remove(row)}
            />
          )}
        </div>
      </td>
    </tr>
  );
}

function Part({ row }: { row: PartRow }) {
  const { t } = useTranslation();
  const { entities } = useModel();
  const bill = row.level > 0 && row.own && entities.Bill ? recordPath(entities.Bill, row.own.bill_id) : null;
  const path = bill ?? (entities.Product ? recordPath(entities.Product, row.product_id) : '');
  const marks: ReactNode[] = [
    row.code === row.product ? null : row.code,
    row.own && row.own.revision > 1 ? t('bill.revision', { n: row.own.revision }) : null,
    row.own?.kind === 'phantom' ? t('bill.phantom') : null,
    row.own && row.own.batch !== 1 ? t('bill.batch', { n: quantity(row.own.batch) }) : null,
    row.substitutes.length > 0 ? t('bill.instead', { what: row.substitutes.join(', ') }) : null,
    row.valid_from || row.valid_to ? t('bill.dates', { from: date(row.valid_from), to: date(row.valid_to) }) : null,
    row.from_serial || row.until_serial
      ? t('bill.serials', { from: row.from_serial ?? '', until: row.until_serial ?? '' })
      : null,
    row.operation ? t('bill.at_operation', { n: row.operation }) : null,
    row.level > 0 && row.used_in > 1 ? t('bill.used_in', { count: row.used_in }) : null,
    row.counts ? null : t('bill.not_today'),
  ];
  return (
    <>
      <Link to={path} className="strong">
        {row.product}
      </Link>
      <span className="sub">{marks.filter(Boolean).join(' · ')}</span>
    </>
  );
}

function Work({ row }: { row: WorkRow }) {
  const { t } = useTranslation();
  const marks = [
    `@ ${row.work_center}`,
    row.yield_percent === 100 ? null : t('bill.yield', { percent: quantity(row.yield_percent) }),
    row.outside ? t('bill.outside', { what: row.outside }) : null,
  ];
  return (
    <>
      {row.name}
      <span className="sub">{marks.filter(Boolean).join(' · ')}</span>
    </>
  );
}

interface CellsProps<T> {
  desk: BillDesk;
  row: T;
  at: number;
}

function PartCells({ desk, row, at }: CellsProps<PartRow>) {
  const { t } = useTranslation();
  const what = row.product;
  const edit = desk.canEdit && at > 0;
  const change = (by: Record<string, unknown>) => void desk.lines.change(row, by);
  return (
    <>
      <Cell
        label={t('bill.quantity_of', { what })}
        value={row.quantity}
        edit={edit}
        unit={row.unit}
        onKeep={(v) => change({ quantity: v })}
      />
      <Cell
        label={t('bill.scrap_of', { what })}
        value={row.scrap_percent}
        edit={edit}
        blank={0}
        onKeep={(v) => change({ scrap_percent: v })}
      />
      <td />
      <td />
      <td className="num">
        <div className="c">{at > 0 ? quantity(row.each) : ''}</div>
      </td>
    </>
  );
}

function WorkCells({ desk, row }: CellsProps<WorkRow>) {
  const { t } = useTranslation();
  const what = row.name;
  const change = (by: Record<string, unknown>) => void desk.lines.change(row, by);
  return (
    <>
      <td />
      <td />
      <Cell
        label={t('bill.setup_of', { what })}
        value={row.setup_minutes}
        edit={desk.canEdit}
        blank={0}
        onKeep={(v) => change({ setup_minutes: v })}
      />
      <Cell
        label={t('bill.minutes_of', { what })}
        value={row.run_minutes}
        edit={desk.canEdit}
        onKeep={(v) => change({ run_minutes: v })}
      />
      <td className="num">
        <div className="c">{t('bill.min', { n: quantity(row.minutes) })}</div>
      </td>
    </>
  );
}

interface CellProps {
  label: string;
  value: number;
  edit: boolean;
  unit?: string;
  /** A value that is not worth a figure. */
  blank?: number;
  onKeep: (value: number) => void;
}

/** A figure that is written over; it goes to the server when the field is left, and Escape takes it back. */
function Cell({ label, value, edit, unit, blank, onKeep }: CellProps) {
  // What was typed and not kept yet.
  const typed = useRef<number | null>(null);
  const shown = value === blank ? null : value;
  if (!edit)
    return (
      <td className="num">
        <div className="c">{shown === null ? '' : quantity(shown)}</div>
      </td>
    );
  function leave() {
    if (typed.current !== null && typed.current !== value) onKeep(typed.current);
    typed.current = null;
  }
  return (
    <td className="num">
      <NumberInput
        className="cell num"
        aria-label={unit ? `${label}, ${unit}` : label}
        title={unit}
        value={shown}
        show={quantity}
        onValue={(v) => {
          typed.current = v ?? blank ?? null;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          if (event.key === 'Escape') typed.current = null;
          event.preventDefault();
          event.stopPropagation();
          event.currentTarget.blur();
        }}
        onBlur={leave}
      />
    </td>
  );
}
