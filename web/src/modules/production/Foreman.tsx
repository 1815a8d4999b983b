/** Work orders by the work center where they stand, with what is short and late; one key releases those chosen. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Result, refresh, sendMany } from '../../api/commands';
import { commandOf, type Entity, useEntity } from '../../api/model';
import { listPath, recordPath } from '../../record/paths';
import { Foot, Top } from '../../record/Top';
import { Button } from '../../ui/Button';
import { date, dayToday, quantity, whole } from '../../ui/format';
import { Tick } from '../../ui/inputs';
import { useActions } from '../../ui/keys';
import { State } from '../../ui/marks';
import { Bars, Empty, Problem } from '../../ui/notes';
import { jobsOf, missing, pickList, useWorkOrders, type WorkOrder } from './jobs';

const canRelease = (o: WorkOrder) => o.state === 'planned' || o.state === 'firm';

/** The operation at which an order stands. */
const standsAt = (o: WorkOrder) => jobsOf(o).find((j) => j.operation.state !== 'done');

export default function Foreman() {
  const { t } = useTranslation();
  const entity = useEntity('WorkOrder') as Entity;
  const navigate = useNavigate();
  const { orders, pending, error } = useWorkOrders();
  const [place, setAt] = useState(0);
  const [chosen, setChosen] = useState<Set<number>>(new Set());
  const groups = grouped(orders, (o) => t(o.operations.length > 0 ? 'foreman.worked' : 'foreman.nowhere'));
  const rows = groups.flatMap((g) => g.orders);
  const at = Math.min(place, Math.max(0, rows.length - 1));
  const current = rows[at];
  const { release, results, busy } = useReleasing(entity);
  const allowed = commandOf(entity, 'release') !== undefined;
  const waiting = allowed ? rows.filter(canRelease) : [];
  const taken = waiting.filter((o) => chosen.has(o.id));
  const meant = !allowed ? [] : taken.length > 0 ? taken : current && canRelease(current) ? [current] : [];
  const toggle = (which: WorkOrder[]) => {
    const ids = which.filter(canRelease).map((o) => o.id);
    const all = ids.length > 0 && ids.every((id) => chosen.has(id));
    setChosen(new Set(all ? [...chosen].filter((id) => !ids.includes(id)) : [...chosen, ...ids]));
  };
  async function go() {
    setChosen(new Set());
    await release(meant);
  }
  const print = () => current && void window.open(pickList(entity, current.id), '_blank');
  const open = () => current && void navigate({ to: recordPath(entity, current.id) });
  useActions([
    { id: 'release', label: t('foreman.release'), keys: ['Enter', 'mod+Enter'], run: () => void go() },
    { id: 'all', label: t('plan.select_all'), keys: ['mod+a', 'shift+x'], run: () => toggle(waiting) },
    { id: 'select', label: t('keys.select'), keys: ['x'], quiet: true, run: () => current && toggle([current]) },
    { id: 'open', label: t('app.open'), keys: ['o'], run: open },
    ...(current ? [{ id: 'pick_list', label: t('papers.pick_list'), keys: ['p'], run: print }] : []),
    {
      id: 'down',
      label: t('keys.next_row'),
      keys: ['j', 'ArrowDown'],
      quiet: true,
      run: () => setAt(Math.min(at + 1, rows.length - 1)),
    },
    {
      id: 'up',
      label: t('keys.previous_row'),
      keys: ['k', 'ArrowUp'],
      quiet: true,
      run: () => setAt(Math.max(at - 1, 0)),
    },
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('foreman.title')} crumbs={[{ label: entity.labels, to: listPath(entity) }]}>
        {waiting.length > 1 && (
          <Button className="desk" k="shift+x" onClick={() => toggle(waiting)}>
            {t('plan.select_all')}
          </Button>
        )}
        {current && (
          <Button className="desk" k="p" onClick={print}>
            {t('papers.pick_list')}
          </Button>
        )}
        {meant.length > 0 && (
          <Button look="primary" k="Enter" disabled={busy} onClick={() => void go()}>
            {t('foreman.release_n', { count: meant.length })}
          </Button>
        )}
      </Top>
      {results && <Results results={results} orders={orders} />}
      {error && (
        <div className="rec">
          <Problem message={error.message} />
        </div>
      )}
      {pending && <Bars />}
      {!pending && rows.length === 0 && <Empty title={t('foreman.nothing')}>{t('foreman.nothing_text')}</Empty>}
      {groups.map((g) => (
        <section key={g.name} aria-label={g.name}>
          <div className="ghead">
            <h2>{g.name}</h2>
            <span className="count">{g.orders.length}</span>
          </div>
          <table className="t cards foreman-rows">
            <caption className="sr">{g.name}</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="sr">{t('keys.select')}</span>
                </th>
                <th scope="col">{t('foreman.order')}</th>
                <th scope="col" className="num">
                  {t('desk.qty')}
                </th>
                <th scope="col">{t('foreman.stands')}</th>
                <th scope="col">{t('foreman.short')}</th>
                <th scope="col" className="num">
                  {t('foreman.due')}
                </th>
              </tr>
            </thead>
            <tbody>
              {g.orders.map((o) => (
                <OrderRow
                  key={o.id}
                  order={o}
                  entity={entity}
                  current={o === current}
                  waits={waiting.includes(o)}
                  taken={chosen.has(o.id)}
                  toggle={() => toggle([o])}
                  onRow={() => setAt(rows.indexOf(o))}
                />
              ))}
            </tbody>
          </table>
        </section>
      ))}
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['X'], t('keys.select')],
          [['Enter'], t('foreman.release')],
          [['P'], t('papers.pick_list')],
          [['O'], t('app.open')],
        ]}
      />
    </main>
  );
}

function grouped(orders: WorkOrder[], nowhere: (order: WorkOrder) => string): { name: string; orders: WorkOrder[] }[] {
  const of = new Map<string, WorkOrder[]>();
  for (const order of orders) {
    const name = standsAt(order)?.operation.work_center?.title ?? nowhere(order);
    of.set(name, [...(of.get(name) ?? []), order]);
  }
  return [...of].map(([name, list]) => ({ name, orders: list })).toSorted((a, b) => a.name.localeCompare(b.name));
}

function useReleasing(entity: Entity) {
  const client = useQueryClient();
  const [results, setResults] = useState<Result[] | null>(null);
  const [busy, setBusy] = useState(false);
  async function release(orders: WorkOrder[]): Promise<void> {
    if (busy || orders.length === 0) return;
    setBusy(true);
    try {
      await sendMany(
        entity,
        'release',
        orders.map((o) => o.id),
        {},
        setResults,
      );
      await refresh(client);
    } finally {
      setBusy(false);
    }
  }
  return { release, results, busy };
}

function Results({ results, orders }: { results: Result[]; orders: WorkOrder[] }) {
  const { t } = useTranslation();
  const refused = results.filter((r) => !r.ok);
  return (
    <div className="rec outcomes">
      <p aria-live="polite">
        {t('bulk.done', {
          done: whole(results.length - refused.length),
          of: whole(results.length),
          refused: whole(refused.length),
        })}
      </p>
      {refused.length > 0 && (
        <ul className="results">
          {refused.map((r) => (
            <li key={r.id}>
              <span className="strong">{orders.find((o) => o.id === r.id)?.number ?? `#${r.id}`}</span>{' '}
              {r.error?.message} <span className="ink3">{r.error?.['@celota.advice']}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function OrderRow({
  order: o,
  entity,
  current,
  waits,
  taken,
  toggle,
  onRow,
}: {
  order: WorkOrder;
  entity: Entity;
  current: boolean;
  /** For this person's release. */
  waits: boolean;
  taken: boolean;
  toggle: () => void;
  onRow: () => void;
}) {
  const { t } = useTranslation();
  const short = o.components.filter((c) => missing(c) > 0 && !canRelease(o));
  const at = standsAt(o);
  const late = o.due_on < dayToday();
  const state =
    entity.fields.find((f) => f.name === 'state')?.choices.find((c) => c.value === o.state)?.label ?? o.state;
  return (
    <tr className={`${current ? 'cur' : ''} ${taken ? 'sel' : ''}`} aria-current={current || undefined} onClick={onRow}>
      <td className="p0">
        {waits && <Tick label={t('foreman.take', { what: o.number })} checked={taken} onChecked={toggle} />}
      </td>
      <td className="p1 cut">
        <Link className="name strong" to={recordPath(entity, o.id)}>
          {o.product?.title ?? o.number}
        </Link>{' '}
        <span className="sub code">{o.number}</span>
      </td>
      <td className="num p2">
        {o.completed > 0 ? t('strip.of', { n: quantity(o.completed), of: quantity(o.quantity) }) : quantity(o.quantity)}
      </td>
      <td className="cut">
        <State state={o.state}>{state}</State>
        {at && <span className="ink2"> · {at.operation.name}</span>}
      </td>
      <td className={`p3 cut ${short.length > 0 ? 'bad' : 'ink3'}`}>
        {short.length === 0
          ? canRelease(o)
            ? t('foreman.unheld')
            : t('foreman.all_here')
          : short.map((c) => `${c.product?.title ?? ''} × ${quantity(missing(c))}`).join(', ')}
      </td>
      <td className={`num p4 ${late ? 'bad' : ''}`}>
        {date(o.due_on)}
        {late && <span> {t('foreman.late')}</span>}
      </td>
    </tr>
  );
}
