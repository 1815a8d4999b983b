/** Demand: of each product what was, what is expected month by month, what is known of it, and what people know better. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { useSend } from '../../api/commands';
import { commandOf, type Entity, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { saveSheet } from '../../record/exportCsv';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { useActions } from '../../ui/keys';
import { Bars, Empty, Problem } from '../../ui/notes';
import { say } from '../../ui/Toasts';
import { DemandSide } from './DemandSide';
import { DemandTable } from './DemandTable';
import { type DemandRow, keyOf, monthName, ordered, type Sheet } from './demand';
import { PlanTabs } from './PlanTabs';

interface Search {
  /** The row and the month that stand open. */
  r?: string;
  m?: string;
}

/** What is being typed: a quantity in its cell, then why. */
export interface Typing {
  first: string | null;
  quantity: number | null | undefined;
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export default function Demand() {
  const { t } = useTranslation();
  const entity = useEntity('Forecast') as Entity;
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const asked = useQuery(functionQuery<Sheet>(entity, null, 'sheet', {}));
  const months = asked.data?.months ?? [];
  const rows = asked.data ? ordered(asked.data) : [];
  const row = Math.max(
    0,
    rows.findIndex((r) => keyOf(r) === search.r),
  );
  const column = Math.max(0, months.indexOf(search.m ?? ''));
  const current = rows[row];
  const [typing, setTyping] = useState<Typing | null>(null);
  const { adjust, all, fault, setFault } = useDemand(entity);
  const go = (to: number, month: number) => {
    const next = rows[Math.min(Math.max(0, to), rows.length - 1)];
    if (!next) return;
    setTyping(null);
    setFault(null);
    const m = months[Math.min(Math.max(0, month), months.length - 1)];
    const put = { r: keyOf(next), m } as never;
    void navigate({ to: '/plan/demand', search: put, replace: true, resetScroll: false });
  };
  const can = commandOf(entity, 'adjust') !== undefined && current?.made != null;
  const begin = (first: string | null) => can && setTyping({ first, quantity: undefined });
  const clear = () => {
    if (can && current.cells[column]?.adjusted !== null) void adjust(current, months[column], null, null);
  };
  useActions([
    { id: 'make', label: t('demand.make'), keys: ['n'], run: () => void all('make') },
    { id: 'safety', label: t('demand.set_safety'), keys: ['shift+s'], run: () => void all('set_safety_stock') },
    { id: 'adjust', label: t('demand.adjust'), keys: ['Enter'], run: () => begin(null) },
    { id: 'digit', label: t('demand.adjust'), keys: DIGITS, quiet: true, run: (event) => begin(event?.key ?? null) },
    { id: 'clear', label: t('demand.clear'), keys: ['Backspace', 'Delete'], run: clear },
    { id: 'export', label: t('list.export'), keys: ['shift+e'], run: () => save(rows, months, t) },
    { id: 'right', label: t('demand.next'), keys: ['ArrowRight'], quiet: true, run: () => go(row, column + 1) },
    { id: 'left', label: t('demand.previous'), keys: ['ArrowLeft'], quiet: true, run: () => go(row, column - 1) },
    {
      id: 'down',
      label: t('keys.next_row'),
      keys: ['j', 'ArrowDown'],
      quiet: true,
      run: () => go(search.r ? row + 1 : 0, column),
    },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => go(row - 1, column) },
    { id: 'back', label: t('plan.back'), keys: ['Escape'], quiet: true, run: () => void navigate({ to: '/plan' }) },
  ]);
  const opened = search.r !== undefined && current !== undefined;
  return (
    <main className="page" id="main">
      <Top title={t('demand.title')} crumbs={[{ label: t('plan.title'), to: '/plan' }]}>
        <PlanTabs />
        {commandOf(entity, 'make') && (
          <Button k="n" look={rows.some((r) => r.made) ? 'plain' : 'primary'} onClick={() => void all('make')}>
            {t('demand.make')}
          </Button>
        )}
      </Top>
      {(asked.error ?? fault) && (
        <div className="rec">
          <Problem
            message={(asked.error ?? fault)?.message ?? ''}
            advice={((asked.error ?? fault) as { advice?: string }).advice ?? ''}
          />
        </div>
      )}
      {asked.isPending && <Bars />}
      {asked.isSuccess && rows.length === 0 && <Empty title={t('demand.nothing')}>{t('demand.nothing_text')}</Empty>}
      {rows.length > 0 && (
        <div className={`cols split bench ${opened ? 'opened' : ''}`}>
          <section className="pane" aria-label={t('demand.title')}>
            <div className="tools">
              <h2>{t('demand.by_month')}</h2>
              <span className="ink3">{t('demand.how')}</span>
            </div>
            <DemandTable
              rows={rows}
              months={months}
              at={opened ? [row, column] : null}
              typing={typing}
              onCell={(r, c) => (opened && r === row && c === column ? begin(null) : go(r, c))}
              onTyped={(quantity) => {
                if (quantity === null) {
                  setTyping(null);
                  clear();
                } else setTyping({ first: null, quantity });
              }}
              onLeave={() => setTyping(null)}
            />
          </section>
          {opened && (
            <DemandSide
              row={current}
              month={months[column] ?? ''}
              cell={current.cells[column]}
              asks={typing?.quantity}
              onWhy={(reason) => {
                const quantity = typing?.quantity ?? null;
                void adjust(current, months[column], quantity, reason).then((done) => done && setTyping(null));
              }}
              onLeave={() => setTyping(null)}
            />
          )}
        </div>
      )}
      <Foot
        keys={[
          [['J', 'K', '←', '→'], t('keys.move')],
          [['0–9', 'Enter'], t('demand.adjust')],
          [['⌫'], t('demand.clear')],
          [['N'], t('demand.make')],
          [['⇧ S'], t('demand.set_safety')],
          [['⇧ E'], t('list.export')],
        ]}
      />
    </main>
  );
}

function useDemand(entity: Entity) {
  const { t } = useTranslation();
  const send = useSend();
  const [fault, setFault] = useState<Refused | null>(null);
  async function run(what: Parameters<typeof send>[1], done: string): Promise<boolean> {
    setFault(null);
    try {
      const reply = await send(entity, what);
      say([done, ...reply.effects].filter(Boolean).join(' '));
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
      return false;
    }
  }
  const adjust = (row: DemandRow, month: string | undefined, quantity: number | null, reason: string | null) =>
    run(
      { command: 'adjust', id: row.made?.forecast_id ?? null, body: { month: `${month}-01`, quantity, reason } },
      t(quantity === null ? 'demand.cleared' : 'demand.adjusted', { what: row.name }),
    );
  const all = (command: 'make' | 'set_safety_stock') => run({ command, body: {} }, '');
  return { adjust, all, fault, setFault };
}

type T = (key: string) => string;

function save(rows: DemandRow[], months: string[], t: T): void {
  const head = [t('purchases.code'), t('plan.product'), t('demand.last_year'), ...months.map(monthName)];
  const line = (r: DemandRow) => [r.code, r.name, r.last_year, ...r.cells.map((c) => c.forecast)];
  saveSheet(t('demand.title'), [head, ...rows.map(line)]);
}
