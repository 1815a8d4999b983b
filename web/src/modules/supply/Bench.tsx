/** The planner's bench: what wants a decision now, what is dearest first, and one key that agrees to it. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery, useEntity, useModel } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { dayToday, money } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Empty, Problem } from '../../ui/notes';
import { useAccepting } from './accepting';
import { LateTable, ProposalTable } from './BenchTables';
import { faultsOf, useFigures } from './changing';
import { Outcomes } from './Outcomes';
import { PlanTabs } from './PlanTabs';
import { canChange, keyOf, type LateOrder, type Plan, type Proposal, serves, wayOf } from './plan';
import { Why } from './Why';

/** The page of a row's product, in its warehouse where the firm has several. */
function itemAt(row: LateOrder | Proposal) {
  const where = 'kind' in row && row.warehouse ? { warehouse: row.warehouse_id } : {};
  return { to: `/plan/${row.product_id}`, search: where as never };
}

/** Rows shown at first of each list; what follows is worth less. */
const PAGE = 100;

export default function Bench() {
  const { t } = useTranslation();
  const product = useEntity('Product') as Entity;
  const model = useModel();
  const navigate = useNavigate();
  const known = hasQuery(product, 'plan');
  const asked = useQuery({ ...functionQuery<Plan>(product, null, 'plan', { days: 14 }), enabled: known });
  const [most, setMost] = useState(PAGE);
  const proposals = asked.data?.value ?? [];
  const late = asked.data?.late ?? [];
  const [place, setAt] = useState(0);
  const typed = useFigures(proposals, dayToday());
  const figures = typed.figures;
  // What the plan no longer proposes stays where it is while its figures are typed.
  const inSight = typed.row >= 0 && typed.row < most;
  const shown = proposals.slice(0, most);
  if (figures && !inSight) shown.push(figures.of);
  const rows: (LateOrder | Proposal)[] = [...late.slice(0, most), ...shown];
  const lateShown = Math.min(late.length, most);
  const typedRow = inSight ? typed.row : shown.length - 1;
  // The row in which somebody types stays the current one, wherever the plan puts it.
  const at = figures ? lateShown + typedRow : Math.min(place, Math.max(0, rows.length - 1));
  // Beside the rows on the desk; in their place on the phone, when it is asked for.
  const [opened, setOpened] = useState(() => window.matchMedia('(min-width: 1100px)').matches);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const can = (p: Proposal) => wayOf(p, model) !== null;
  const takeable = proposals.filter(can);
  const taken = takeable.filter((p) => chosen.has(keyOf(p)));
  const { accept, acceptAs, run, busy, clear } = useAccepting();
  const current = rows[at];
  const changeable = current !== undefined && 'kind' in current && canChange(current, model);
  const changing = figures && {
    row: typedRow,
    on: { figures, change: typed.change, agree: () => void agree(), leave: stop, busy },
  };
  function toggle(which: Proposal[]) {
    const keys = which.filter(can).map(keyOf);
    const all = keys.length > 0 && keys.every((k) => chosen.has(k));
    setChosen(new Set(all ? [...chosen].filter((k) => !keys.includes(k)) : [...chosen, ...keys]));
  }
  /** A row is what it proposes; a late order is all that it takes. */
  const of = (row: LateOrder | Proposal | undefined): Proposal[] =>
    row === undefined ? [] : 'kind' in row ? [row] : proposals.filter((p) => serves(p, row.line_id));
  const meant = taken.length > 0 ? taken : of(current).filter(can);
  function change() {
    if (!current || !('kind' in current) || !changeable) return;
    // On the telephone the reasons stand in the place of the rows.
    if (!window.matchMedia('(min-width: 721px)').matches) setOpened(false);
    typed.open(current);
  }
  function stop() {
    setAt(at);
    typed.close();
  }
  /** Agrees to what is typed; what is refused stays, and is said at its field. */
  async function agree() {
    const meant = busy ? null : typed.meant();
    if (!meant) return;
    const faults = await acceptAs(meant);
    if (faults.length > 0) typed.change({ faults: faultsOf(faults) });
    else stop();
  }
  async function go() {
    if (figures) return agree();
    setChosen(new Set());
    await accept(meant);
  }
  const move = (by: number) => setAt(Math.min(Math.max(0, at + by), rows.length - 1));
  useActions([
    { id: 'accept', label: t('plan.accept'), keys: ['Enter', 'a', 'mod+Enter'], run: () => void go() },
    ...(changeable ? [{ id: 'change', label: t('plan.change'), keys: ['e'], run: change }] : []),
    { id: 'all', label: t('plan.select_all'), keys: ['mod+a', 'shift+x'], run: () => toggle(takeable) },
    { id: 'select', label: t('keys.select'), keys: ['x'], quiet: true, run: () => toggle(of(current)) },
    { id: 'down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => move(1) },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => move(-1) },
    {
      id: 'item',
      label: t('plan.open_item'),
      keys: ['o'],
      run: () => current && void navigate(itemAt(current)),
    },
    { id: 'board', label: t('board.title'), keys: ['b'], run: () => void navigate({ to: '/plan/board' }) },
    { id: 'load', label: t('load.title'), keys: ['v'], run: () => void navigate({ to: '/plan/load' }) },
    {
      id: 'purchases',
      label: t('purchases.title'),
      keys: ['p'],
      run: () => void navigate({ to: '/plan/purchases' }),
    },
    {
      id: 'scenario',
      label: t('scenario.title'),
      keys: ['i'],
      run: () => void navigate({ to: '/plan/scenario' }),
    },
    {
      id: 'hurts',
      label: t('hurts.title'),
      keys: ['s'],
      run: () => {
        const doc = current && 'kind' in current ? current.document : undefined;
        if (doc) void navigate({ to: '/plan/hurts', search: { about: doc.entity, id: doc.id, days: 7 } as never });
      },
    },
    { id: 'why', label: t('plan.why'), keys: ['w', 'Space'], run: () => setOpened(!opened) },
    {
      id: 'clear',
      label: t('list.clear'),
      keys: ['Escape'],
      quiet: true,
      run: () => (figures ? stop() : run ? clear() : taken.length > 0 ? setChosen(new Set()) : setOpened(false)),
    },
  ]);
  const show = (i: number) => {
    setAt(i);
    setOpened(true);
  };
  const buys = meant.reduce((sum, p) => sum + (p.kind === 'buy' ? (p.amount ?? 0) : 0), 0);
  return (
    <main className="page" id="main">
      <Top title={t('plan.title')}>
        <PlanTabs />
        {takeable.length > 0 && (
          <Button className="desk" k="shift+x" onClick={() => toggle(takeable)}>
            {t('plan.select_all')}
          </Button>
        )}
        {changeable && !figures && (
          <Button k="e" onClick={change}>
            {t('plan.change')}
          </Button>
        )}
        {meant.length > 0 && !figures && (
          <Button look="primary" k="Enter" disabled={busy} onClick={() => void go()}>
            {t('plan.accept_n', { count: meant.length })}
          </Button>
        )}
      </Top>
      <Outcomes run={run} onClose={clear} />
      {!known && (
        <div className="rec">
          <Problem message={t('plan.not_here')} />
        </div>
      )}
      {asked.error && (
        <div className="rec">
          <Problem message={asked.error.message} advice={(asked.error as { advice?: string }).advice ?? ''} />
        </div>
      )}
      {asked.isPending && known && <Bars />}
      {asked.isSuccess && rows.length === 0 && (
        <Empty title={t('plan.nothing')}>{t('plan.nothing_text', { count: asked.data.orders })}</Empty>
      )}
      {rows.length > 0 && (
        <div className={`cols split bench ${opened ? 'opened' : ''}`}>
          <section className="pane left" aria-label={t('plan.title')}>
            {late.length > 0 && <LateTable late={late.slice(0, most)} of={late} at={at} onRow={show} />}
            {shown.length > 0 && (
              <ProposalTable
                proposals={shown}
                changing={changing}
                all={proposals.length}
                first={lateShown}
                at={at}
                chosen={chosen}
                can={can}
                toggle={(p) => toggle([p])}
                onRow={show}
              />
            )}
            {Math.max(late.length, proposals.length) > most && (
              <p className="more-rows">
                <Button onClick={() => setMost(most + 10 * PAGE)}>{t('plan.more')}</Button>
              </p>
            )}
          </section>
          {current && <Why row={current} proposals={proposals} onClose={() => setOpened(false)} />}
        </div>
      )}
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['X'], t('keys.select')],
          [['Enter'], t('plan.accept')],
          [['E'], t('plan.change')],
          [['W'], t('plan.why')],
          [['O'], t('plan.open_item')],
        ]}
      >
        <div className="totals">
          <span>
            {t('plan.to_buy')}
            <b>{money(buys)}</b>
          </span>
        </div>
      </Foot>
    </main>
  );
}
