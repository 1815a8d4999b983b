/**
 * What is typed onto a bill: each line goes to the server by itself, one after the other, and is never lost. A line may
 * stand below one that is still on its way; what is not found is asked about where it stands.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useReducer, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused } from '../../api/client';
import { newKey, useSend } from '../../api/commands';
import { type Entity, useEntity } from '../../api/model';
import { listQuery, search } from '../../api/odata';
import { parseNumber } from '../../ui/entry';
import { type Center, centerOf, isWhole, readBillLine } from './billLine';
import type { TreeRow } from './structure';

/** What lines are typed below: a product, or the line that is about to make it. */
export interface Under {
  title: string;
  product: number | null;
  line: string | null;
}

/** A product that was chosen from the list, or the wish that there be a new one. */
export type Pick = { id: number } | 'new' | null;

export interface Waiting {
  key: string;
  text: string;
  /** What it will be called. */
  words: string;
  under: Under;
  level: number;
  pick: Pick;
  state: 'waits' | 'asks' | 'wrong' | 'done';
  fault: { message: string; advice: string } | null;
  /** As which it stands in the tree, once it is done. */
  lines: number[];
}

/** Lines that were typed before there was a bill: they go onto this one as soon as it opens. */
export const ahead: { text: string; lines: string[]; bill: number | null } = { text: '', lines: [], bill: null };

const NONE: Center[] = [];

/** Nothing as long as they are not known. */
export function useCenters(): Center[] | undefined {
  const entity = useEntity('WorkCenter');
  const ask = { select: ['id', 'code', 'title'], filter: 'archived eq false', orderby: 'code', top: 500 };
  const { data } = useQuery(listQuery<Center>(entity, ask));
  return entity ? data : NONE;
}

/** What is on its way or waits for an answer, by bill: it stays for as long as the app is open. */
interface Kept {
  lines: Waiting[];
  made: Map<string, number>;
  busy: boolean;
  draw: () => void;
}

const kept = new Map<number, Kept>();

function keptOf(bill: number): Kept {
  const known = kept.get(bill) ?? { lines: [], made: new Map(), busy: false, draw: () => undefined };
  kept.set(bill, known);
  return known;
}

export function useTyping(bill: number, rows: TreeRow[], centers: Center[] | undefined) {
  const { t } = useTranslation();
  const send = useSend();
  const bills = useEntity('Bill') as Entity;
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const own = keptOf(bill);
  own.draw = draw;
  const top = rows[0];
  const product = top?.kind === 'component' ? top.product_id : null;
  // What is on its way sees what is known now, not what was known when it set out.
  const now = useRef({ centers, product });
  now.current = { centers, product };

  function put(line: Waiting, by: Partial<Waiting>): void {
    Object.assign(line, by);
    own.draw();
  }
  const wrong = (line: Waiting, message: string, advice: string) =>
    put(line, { state: 'wrong', fault: { message, advice } });

  async function go(): Promise<void> {
    if (own.busy) return;
    own.busy = true;
    try {
      for (let next = ready(); next; next = ready()) await enter(next);
    } finally {
      own.busy = false;
    }
  }

  const ownerOf = (under: Under) => under.product ?? (under.line === null ? null : (own.made.get(under.line) ?? null));

  function ready(): Waiting | undefined {
    const known = (l: Waiting) => now.current.centers !== undefined || !l.text.includes('@');
    return own.lines.find((l) => l.state === 'waits' && ownerOf(l.under) !== null && known(l));
  }

  async function enter(line: Waiting): Promise<void> {
    const owner = ownerOf(line.under);
    const body: Record<string, unknown> = {
      product_id: owner,
      ...(owner === now.current.product ? { bill_id: bill } : {}),
    };
    const typed = readBillLine(line.text, parseNumber);
    try {
      if (typed.kind === 'operation') {
        const center = centerOf(typed.center, now.current.centers ?? []);
        if (!center) return wrong(line, t('bill.no_center', { text: typed.center }), t('bill.no_center_do'));
        body.operations = [
          {
            work_center_id: center.id,
            ...(typed.name ? { name: typed.name } : {}),
            ...(typed.setup === null ? {} : { setup_minutes: typed.setup }),
            ...(typed.run === null ? {} : { run_minutes: typed.run }),
          },
        ];
      } else {
        const pick = line.pick ?? (await found(typed.words));
        if (!pick) return put(line, { state: 'asks' });
        const whom = pick === 'new' ? { name: typed.words } : { product_id: pick.id };
        const scrap = typed.scrap === null ? {} : { scrap_percent: typed.scrap };
        body.components = [{ ...whom, quantity: typed.quantity, ...scrap }];
      }
      const reply = await send(bills, { command: 'enter', body, key: line.key });
      const result = reply.result as { line_ids: number[]; component_ids: number[] };
      if (result.component_ids[0]) own.made.set(line.key, result.component_ids[0]);
      put(line, { state: 'done', lines: result.line_ids });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong(line, error.message, error.advice);
    }
  }

  // What stands in the tree need not stand below it as well.
  const shown = new Set(rows.map((r) => r.line_id));
  useEffect(() => {
    own.lines = own.lines.filter((l) => l.state !== 'done' || !l.lines.some((id) => shown.has(id)));
    own.draw();
  }, [rows]);
  // A line that was typed ahead goes as soon as there is something to put it on.
  useEffect(() => void go(), [product, centers]);

  return {
    waiting: own.lines.filter((l) => !l.lines.some((id) => shown.has(id))),
    busy: own.lines.some((l) => l.state !== 'done'),
    ownerOf,
    add(texts: string[], under: Under, level: number, pick: Pick): void {
      for (const text of texts) {
        const line = readBillLine(text, parseNumber);
        const words = line.kind === 'component' ? line.words : line.name || line.center;
        const state = isWhole(line) ? 'waits' : 'wrong';
        const fault =
          state === 'wrong' ? { message: t('bill.not_whole', { text }), advice: t('bill.not_whole_do') } : null;
        own.lines.push({ key: newKey(), text, words, under, level, pick, state, fault, lines: [] });
      }
      own.draw();
      void go();
    },
    /** The answer to what was asked about a line. */
    answer(line: Waiting, pick: Pick): void {
      put(line, { state: 'waits', pick });
      void go();
    },
    drop(line: Waiting): void {
      own.lines = own.lines.filter((l) => l !== line && l.under.line !== line.key);
      own.draw();
    },
  };
}

export type Typing = ReturnType<typeof useTyping>;

async function found(words: string): Promise<Pick> {
  const [hit] = await search(words, ['Product'], 1);
  return hit ? { id: hit.id } : null;
}
