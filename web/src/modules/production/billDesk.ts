/** What happens on the page of a bill: where one stands in the tree, what is folded, below what one types. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Refused } from '../../api/client';
import { useModel } from '../../api/model';
import { recordPath } from '../../record/paths';
import type { Action } from '../../ui/keys';
import { above, keysOf, type PartRow, type TreeRow, unfolded, useLines, useStructure } from './structure';
import { ahead, type Under, useCenters, useTyping } from './typing';

const NONE: TreeRow[] = [];

function useDesk(bill: number, product: number | undefined, canEdit: boolean) {
  const structure = useStructure(product, bill);
  const rows = structure.data?.value ?? NONE;
  const keys = useMemo(() => keysOf(rows), [rows]);
  const [folded, setFolded] = useState<Set<string>>(new Set());
  const shown = useMemo(() => unfolded(rows, keys, folded), [rows, keys, folded]);
  const [current, setCurrent] = useState<string | null>(null);
  const [fault, setFault] = useState<Refused | null>(null);
  const centers = useCenters();
  const typing = useTyping(bill, rows, centers);
  const lines = useLines(rows, setFault);
  const entry = useRef<HTMLInputElement>(null);
  const place = shown.findIndex((i) => keys[i] === current);
  const at = place < 0 ? -1 : (shown[place] ?? -1);
  const row = rows[at];

  function turn(i: number): void {
    const next = new Set(folded);
    const key = keys[i] ?? '';
    if (!next.delete(key)) next.add(key);
    setFolded(next);
  }
  const stand = (i: number | undefined) => i !== undefined && setCurrent(keys[i] ?? null);
  const under = useUnder(rows, typing.waiting, typing.ownerOf);
  /** What is typed next goes below this row. */
  function below(i: number): void {
    under.set(wayTo(rows, i));
    setFolded(new Set([...folded].filter((key) => key !== keys[i])));
    entry.current?.focus();
  }
  return {
    bill,
    structure,
    rows,
    keys,
    shown,
    folded,
    row,
    at,
    fault,
    centers: centers ?? [],
    typing,
    lines,
    entry,
    under,
    turn,
    stand,
    below,
    canEdit,
    step: (by: number) => stand(shown[Math.min(Math.max(0, place < 0 && by > 0 ? 0 : place + by), shown.length - 1)]),
  };
}

export type BillDesk = ReturnType<typeof useDesk>;

export function useBillDesk(bill: number, product: number | undefined, canEdit: boolean) {
  const desk = useDesk(bill, product, canEdit);
  return { ...desk, actions: useDeskActions(desk) };
}

/** From the top down to a row. */
function wayTo(rows: TreeRow[], at: number): Under[] {
  const way: Under[] = [];
  for (let i = at; i >= 0; i = above(rows, i)) {
    const row = rows[i];
    if (row?.kind === 'component') way.unshift({ title: row.product, product: row.product_id, line: null });
  }
  return way;
}

/** Below what one types: the way down to it, and how it goes deeper and up again. */
function useUnder(rows: TreeRow[], waiting: BillWaiting, ownerOf: (under: Under) => number | null) {
  const [way, set] = useState<Under[]>([]);
  const top = wayTo(rows, 0);
  const full = way.length > 0 ? way : top;
  const last = full.at(-1);
  const owner = last ? ownerOf(last) : null;
  // What was taken back is nothing to type below.
  const gone = rows.length > 0 && !waiting.some((l) => l.key === last?.line) && !rows.some((r) => isOf(r, owner));
  useEffect(() => {
    if (gone) set([]);
  }, [gone]);
  /** The line above, if it may have lines of its own. */
  function deeper(): Under | null {
    const same = (u: Under) => (owner === null ? u.line === last?.line : ownerOf(u) === owner);
    const typed = waiting.findLast((l) => same(l.under) && !l.text.includes('@') && l.state !== 'wrong');
    if (typed) return { title: typed.words, product: null, line: typed.key };
    const i = rows.findIndex((r) => isOf(r, owner));
    const own = rows.slice(i + 1);
    const end = own.findIndex((r) => r.level <= (rows[i]?.level ?? 0));
    const parts = (end < 0 ? own : own.slice(0, end)).filter((r) => r.level === (rows[i]?.level ?? 0) + 1);
    const part = parts.findLast((r): r is PartRow => r.kind === 'component');
    return i < 0 || !part ? null : { title: part.product, product: part.product_id, line: null };
  }
  return {
    way: full,
    last,
    set,
    /** Whether there was a way down. */
    indent(): boolean {
      const next = deeper();
      if (next) set([...full, next]);
      return next !== null;
    },
    outdent(): boolean {
      if (full.length < 2) return false;
      set(full.slice(0, -1));
      return true;
    },
  };
}

type BillWaiting = ReturnType<typeof useTyping>['waiting'];

function isOf(row: TreeRow, product: number | null | undefined): boolean {
  return row.kind === 'component' && row.product_id === product;
}

function useDeskActions(desk: BillDesk): Action[] {
  const { t } = useTranslation();
  const model = useModel();
  const navigate = useNavigate();
  const { row, at, rows } = desk;
  function open(): void {
    const [name, id] =
      row?.kind === 'operation'
        ? ['WorkCenter', row.work_center_id]
        : row?.own && at > 0
          ? ['Bill', row.own.bill_id]
          : ['Product', row?.product_id];
    const entity = model.entities[name];
    if (entity && id) void navigate({ to: recordPath(entity, id) });
  }
  const folds = row?.kind === 'component' && row.own !== null;
  const isFolded = desk.folded.has(desk.keys[at] ?? '');
  const quiet = true;
  const moves: Action[] = [
    { id: 'bill-down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet, run: () => desk.step(1) },
    { id: 'bill-up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet, run: () => desk.step(-1) },
    {
      id: 'bill-open-level',
      label: t('pegs.unfold'),
      keys: ['ArrowRight'],
      quiet,
      run: () => (folds && isFolded ? desk.turn(at) : desk.step(1)),
    },
    {
      id: 'bill-close-level',
      label: t('pegs.fold'),
      keys: ['ArrowLeft'],
      quiet,
      run: () => (folds && !isFolded ? desk.turn(at) : desk.stand(above(rows, at))),
    },
  ];
  if (row) moves.push({ id: 'bill-open', label: t('app.open'), keys: ['Enter'], quiet, run: open });
  if (!desk.canEdit) return moves;
  moves.push({
    id: 'bill-add',
    label: t('bill.add'),
    keys: ['a'],
    run: () => (row ? desk.below(row.kind === 'component' ? at : above(rows, at)) : desk.entry.current?.focus()),
  });
  if (row && at > 0)
    moves.push(
      { id: 'bill-edit', label: t('bill.edit'), keys: ['e'], run: () => focusRow() },
      {
        id: 'bill-remove',
        label: t('bill.remove'),
        keys: ['Delete', 'Backspace'],
        run: () => void desk.lines.remove(row),
      },
      {
        id: 'bill-line-up',
        label: t('bill.line_up'),
        keys: ['alt+ArrowUp'],
        quiet,
        run: () => desk.lines.move(row, -1),
      },
      {
        id: 'bill-line-down',
        label: t('bill.line_down'),
        keys: ['alt+ArrowDown'],
        quiet,
        run: () => desk.lines.move(row, 1),
      },
    );
  return moves;
}

function focusRow(): void {
  document.querySelector<HTMLElement>('.bill-tree tr.cur input')?.focus();
}

/** Takes over what was typed before this bill was there; whether anybody comes from there. */
export function takeAhead(bill: number): { text: string; lines: string[] } | null {
  if (ahead.bill !== bill) return null;
  const taken = { text: ahead.text, lines: ahead.lines };
  Object.assign(ahead, { text: '', lines: [], bill: null });
  return taken;
}
