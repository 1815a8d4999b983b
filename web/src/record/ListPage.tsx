/** The list of any entity, from its description alone. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Columns3, LayoutGrid, List as ListIcon, Plus, Rows3 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { type Entity, editable, type Field, fieldOf } from '../api/model';
import { applyQuery, endlessQuery } from '../api/odata';
import { Button } from '../ui/Button';
import { money, quantity, whole } from '../ui/format';
import { useActions } from '../ui/keys';
import { Menu } from '../ui/Menu';
import { Bars, Empty, Problem } from '../ui/notes';
import { useCrumbs } from './area';
import { Board, boardable } from './Board';
import { Bulk } from './Bulk';
import { columnable, pulledTo, widthOf } from './columns';
import { exportCsv } from './exportCsv';
import { Grid } from './Grid';
import { Groups, groupable } from './Groups';
import { type ListState, useListState, usualOrder } from './listState';
import { Peek } from './Peek';
import { listPath, recordPath } from './paths';
import { Sentence } from './Sentence';
import { Foot, Top } from './Top';
import { ViewTabs } from './ViewTabs';
import { OneWarehouse, useMakeable } from './warehouses';

const NO_ROWS: Row[] = [];

export function ListPage({
  entity,
  creation,
}: {
  entity: Entity;
  creation?: { path: string; label: string } | undefined;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const state = useListState(entity);
  const { search, columns, ask } = state;
  const by = search.by ? fieldOf(entity, search.by) : (fieldOf(entity, entity.state ?? '') ?? boardable(entity)[0]);
  const board = search.show === 'board' && by !== undefined;
  const grouped = search.group ? fieldOf(entity, search.group) : undefined;
  const plain = !board && !grouped;
  const endless = useInfiniteQuery({ ...endlessQuery(entity, ask), enabled: plain });
  const fromEnd = search.end === true;
  const rows = useMemo(() => {
    const all = endless.data?.pages.flatMap((p) => p.value) ?? NO_ROWS;
    return fromEnd ? all.toReversed() : all;
  }, [endless.data, fromEnd]);
  const asked = useMemo(
    () => ({ ...(ask.filter ? { filter: ask.filter } : {}), ...(ask.search ? { search: ask.search } : {}) }),
    [ask.filter, ask.search],
  );
  const sum = columns.find((c) => c.kind === 'money') ?? columns.find((c) => c.kind === 'quantity');
  // How many, and what they come to, in one question.
  const counted = `aggregate($count as n${sum ? `,${sum.name} with sum as total` : ''})`;
  const sums = useQuery(applyQuery(entity, asked, counted)).data?.[0];
  const count = sums === undefined ? undefined : Number(sums.n);
  const walk = useWalk(entity, state, rows, endless.hasNextPage);
  const create = () => void navigate({ to: creation ? `/${creation.path}` : `${listPath(entity)}/new` });
  const mayCreate = useMakeable(entity)(entity) || creation !== undefined;
  const newLabel = creation ? t(creation.label) : t('list.new', { what: entity.label });
  useActions([
    ...(mayCreate ? [{ id: 'create', label: newLabel, keys: ['c'], lands: true, run: create }] : []),
    ...(boardable(entity).length > 0
      ? [
          {
            id: 'board',
            label: t(board ? 'list.as_list' : 'list.as_board'),
            keys: ['v'],
            run: () => state.change(board ? { show: undefined as never } : { show: 'board' }),
          },
        ]
      : []),
    { id: 'export', label: t('list.export'), run: () => void exportCsv(entity, columns, ask, null) },
  ]);
  const chosen = useMemo(() => new Set(search.sel ?? []), [search.sel]);
  const empty = plain && endless.isSuccess && rows.length === 0;
  const peeked = search.peek && search.at ? search.at : null;
  const selectedSum = sum ? rows.filter((r) => chosen.has(r.id)).reduce((s, r) => s + Number(r[sum.name] ?? 0), 0) : 0;
  const shownSum = (value: unknown) => (sum?.kind === 'money' ? money(value) : quantity(value));
  return (
    <main className="page whole" id="main">
      <Top title={entity.labels} crumbs={useCrumbs(entity, false)}>
        {mayCreate && (
          <Button k="c" icon={<Plus className="i" aria-hidden="true" />} onClick={create}>
            {newLabel}
          </Button>
        )}
      </Top>
      <ViewTabs entity={entity} state={state} />
      <div className="tools">
        <Sentence entity={entity} state={state} />
        <Tools entity={entity} state={state} board={board} by={by} />
      </div>
      <div className="cols list-cols">
        <div className="pane list-pane">
          {endless.error && <Problem message={endless.error.message} />}
          {board && by && <Board entity={entity} columns={columns} ask={ask} by={by} />}
          {grouped && !board && <Groups entity={entity} columns={columns} ask={ask} by={grouped} />}
          {plain && endless.isPending && <Bars rows={12} />}
          {empty && (
            <NothingHere
              entity={entity}
              filtered={Boolean(ask.filter || ask.search)}
              onCreate={mayCreate ? create : undefined}
              label={newLabel}
              onClear={() => state.change({ f: [], q: '' })}
            />
          )}
          {plain && rows.length > 0 && (
            <Grid
              entity={entity}
              columns={columns}
              rows={rows}
              total={count}
              sort={search.sort ?? usualOrder(entity)}
              widths={search.w}
              fromEnd={fromEnd}
              current={walk.at}
              column={walk.column}
              selected={chosen}
              editing={walk.editing}
              more={endless.hasNextPage && !endless.isFetchingNextPage}
              fading={endless.isPlaceholderData}
              onMore={() => void endless.fetchNextPage()}
              onSort={(field) => state.change({ sort: nextSort(field, search.sort ?? usualOrder(entity)), end: false })}
              onWidths={(w) => state.change({ w })}
              onCurrent={walk.go}
              onOpen={walk.open}
              onSelect={walk.select}
              onSelectAll={walk.selectAll}
              onEdit={walk.edit}
              onEdited={walk.edited}
            />
          )}
          {chosen.size > 0 && (
            <Bulk
              entity={entity}
              ids={[...chosen]}
              rows={rows}
              total={sum ? shownSum(selectedSum) : ''}
              onClear={() => state.change({ sel: [] })}
              onExport={() => void exportCsv(entity, columns, ask, [...chosen])}
            />
          )}
          <Foot
            keys={[
              [['J', 'K'], t('keys.move')],
              [['Space'], t('keys.peek')],
              [['X'], t('keys.select')],
              [['E'], t('keys.edit')],
              [['F'], t('keys.filter')],
            ]}
          >
            <div className="totals">
              <span aria-live="polite">
                {count === undefined ? '' : t('list.count', { n: whole(count), what: entity.labels.toLowerCase() })}
              </span>
              {plain && rows.length > 0 && (endless.hasNextPage || fromEnd) && (
                <button type="button" className="link" onClick={fromEnd ? walk.toStart : walk.toEnd}>
                  {t(fromEnd ? 'list.to_start' : 'list.to_end')}
                </button>
              )}
              {sum && sums && (
                <span>
                  {sum.label}
                  <b>{shownSum(sums.total)}</b>
                </span>
              )}
            </div>
          </Foot>
        </div>
        {peeked !== null && <Peek entity={entity} id={peeked} onClose={() => state.change({ peek: false })} />}
      </div>
    </main>
  );
}

function nextSort(field: Field, now: string): string {
  return now === field.name ? `${field.name} desc` : field.name;
}

/** Moving, selecting, opening and editing by key. */
function useWalk(entity: Entity, state: ListState, rows: Row[], more: boolean) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { search, columns } = state;
  const found = rows.findIndex((r) => r.id === search.at);
  const first = search.end ? rows.length - 1 : 0;
  const at = found >= 0 ? found : rows.length > 0 ? first : null;
  const [column, setColumn] = useState(-1);
  const [editing, setEditing] = useState(false);
  const anchor = useRef<number | null>(null);
  const row = at === null ? undefined : rows[at];

  function go(index: number, to?: number) {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!next) return;
    setEditing(false);
    if (to !== undefined) setColumn(to);
    state.change({ at: next.id });
  }
  const open = (what: Row | undefined = row) => what && void navigate({ to: recordPath(entity, what.id) });
  function select(index: number, extend: boolean) {
    const chosen = new Set(search.sel ?? []);
    const from = extend && anchor.current !== null ? anchor.current : index;
    const picked = rows.slice(Math.min(from, index), Math.max(from, index) + 1).map((r) => r.id);
    if (extend) for (const id of picked) chosen.add(id);
    else for (const id of picked) if (!chosen.delete(id)) chosen.add(id);
    anchor.current = index;
    state.change({ sel: [...chosen], ...(rows[index] ? { at: rows[index].id } : {}) });
  }
  function selectAll() {
    const all = rows.map((r) => r.id);
    state.change({ sel: (search.sel ?? []).length >= all.length ? [] : all });
  }
  function extendBy(step: number) {
    if (at === null) return;
    anchor.current ??= at;
    const next = Math.max(0, Math.min(rows.length - 1, at + step));
    const picked = rows.slice(Math.min(anchor.current, next), Math.max(anchor.current, next) + 1).map((r) => r.id);
    state.change({
      sel: [...new Set([...(search.sel ?? []), ...picked])],
      ...(rows[next] ? { at: rows[next].id } : {}),
    });
  }
  function edit(what: Row, to: number) {
    const can = (i: number) => columns[i] && !columns[i].readonly;
    const first = can(to) ? to : columns.findIndex((_, i) => can(i));
    if (first < 0 || !editable(entity, what)) return;
    setColumn(first);
    setEditing(true);
    state.change({ at: what.id });
  }
  // The end of a long list is asked for from its other side; nothing in between is loaded.
  const toEnd = () => (more && !search.end ? state.change({ end: true, at: undefined as never }) : go(rows.length - 1));
  const toStart = () => (search.end ? state.change({ end: false, at: undefined as never }) : go(0));
  function widen(by: number) {
    const field = columns[column];
    if (field) state.change({ w: pulledTo(search.w, field.name, widthOf(field, entity, search.w) + by) });
  }
  useActions([
    { id: 'end', label: t('list.to_end'), keys: ['End'], quiet: true, run: toEnd },
    { id: 'start', label: t('list.to_start'), keys: ['Home'], quiet: true, run: toStart },
    { id: 'narrower', label: t('keys.width'), keys: ['shift+ArrowLeft'], quiet: true, run: () => widen(-16) },
    { id: 'wider', label: t('keys.width'), keys: ['shift+ArrowRight'], quiet: true, run: () => widen(16) },
    { id: 'down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => go((at ?? -1) + 1) },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => go((at ?? 1) - 1) },
    {
      id: 'extend-down',
      label: t('keys.extend'),
      keys: ['shift+j', 'shift+ArrowDown'],
      quiet: true,
      run: () => extendBy(1),
    },
    {
      id: 'extend-up',
      label: t('keys.extend'),
      keys: ['shift+k', 'shift+ArrowUp'],
      quiet: true,
      run: () => extendBy(-1),
    },
    {
      id: 'left',
      label: t('keys.cell'),
      keys: ['ArrowLeft'],
      quiet: true,
      run: () => setColumn(Math.max(0, column - 1)),
    },
    {
      id: 'right',
      label: t('keys.cell'),
      keys: ['ArrowRight'],
      quiet: true,
      run: () => setColumn(Math.min(columns.length - 1, column + 1)),
    },
    { id: 'select', label: t('keys.select'), keys: ['x'], quiet: true, run: () => at !== null && select(at, false) },
    { id: 'all', label: t('list.select_all'), keys: ['mod+a'], quiet: true, run: selectAll },
    {
      id: 'peek',
      label: t('keys.peek'),
      keys: ['Space'],
      quiet: true,
      run: () => state.change({ peek: !search.peek, ...(row ? { at: row.id } : {}) }),
    },
    { id: 'open', label: t('app.open'), keys: ['Enter'], quiet: true, run: () => open() },
    { id: 'edit', label: t('keys.edit'), keys: ['e'], quiet: true, run: () => row && edit(row, column) },
    { id: 'unpeek', label: t('app.close'), keys: ['Escape'], quiet: true, run: () => state.change({ peek: false }) },
  ]);
  return { at, column, editing, toEnd, toStart, go, open, select, selectAll, edit, edited: () => setEditing(false) };
}

function Tools({
  entity,
  state,
  board,
  by,
}: {
  entity: Entity;
  state: ListState;
  board: boolean;
  by: Field | undefined;
}) {
  const { t } = useTranslation();
  const { search, columns } = state;
  const boards = boardable(entity);
  const shown = columns.map((c) => c.name);
  const toggle = (name: string) =>
    state.change({ cols: shown.includes(name) ? shown.filter((n) => n !== name) : [...shown, name] });
  return (
    <div className="desk tools-end">
      {!board && (
        <Menu
          label={t('list.group')}
          items={[
            { id: '', label: t('list.no_group'), checked: !search.group, run: () => state.change({ group: '' }) },
            ...groupable(entity).map((f) => ({
              id: f.name,
              label: f.label,
              checked: search.group === f.name,
              run: () => state.change({ group: f.name }),
            })),
          ]}
          trigger={
            <button type="button" className="btn quiet">
              <Rows3 className="i s" aria-hidden="true" />
              {search.group ? t('list.by', { what: fieldOf(entity, search.group)?.label ?? '' }) : t('list.group')}
            </button>
          }
        />
      )}
      {board && boards.length > 1 && (
        <Menu
          label={t('board.by')}
          items={boards.map((f) => ({
            id: f.name,
            label: f.label,
            checked: by?.name === f.name,
            run: () => state.change({ by: f.name }),
          }))}
          trigger={
            <button type="button" className="btn quiet">
              {t('list.by', { what: by?.label ?? '' })}
            </button>
          }
        />
      )}
      <Menu
        label={t('list.columns')}
        items={columnable(entity).map((f) => ({
          id: f.name,
          label: f.label,
          checked: shown.includes(f.name),
          run: () => toggle(f.name),
        }))}
        trigger={
          <button type="button" className="btn quiet icon" aria-label={t('list.columns')}>
            <Columns3 className="i" aria-hidden="true" />
          </button>
        }
      />
      {boards.length > 0 && (
        <Button
          look="quiet"
          k="v"
          aria-label={t(board ? 'list.as_list' : 'list.as_board')}
          icon={board ? <ListIcon className="i" aria-hidden="true" /> : <LayoutGrid className="i" aria-hidden="true" />}
          onClick={() => state.change({ show: board ? (undefined as never) : 'board' })}
        />
      )}
    </div>
  );
}

interface NothingProps {
  entity: Entity;
  filtered: boolean;
  label: string;
  onCreate: (() => void) | undefined;
  onClear: () => void;
}

function NothingHere({ entity, filtered, label, onCreate, onClear }: NothingProps) {
  const { t, i18n } = useTranslation();
  if (filtered) {
    return (
      <Empty title={t('list.none_fit')} action={<Button onClick={onClear}>{t('list.show_all')}</Button>}>
        {t('list.none_fit_text')}
      </Empty>
    );
  }
  if (!onCreate && entity.rights.create) return <OneWarehouse entity={entity} />;
  const own = `belongs.${entity.name}`;
  return (
    <Empty
      title={t('list.none', { what: entity.labels })}
      action={
        onCreate && (
          <Button k="c" onClick={onCreate}>
            {label}
          </Button>
        )
      }
    >
      {i18n.exists(own) ? t(own) : t(onCreate ? 'list.none_text' : 'list.none_closed')}
    </Empty>
  );
}
