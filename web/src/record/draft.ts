/**
 * What is being typed over a record. Only touched fields are kept here, so what others change elsewhere in the record
 * shows at once, and nothing typed is lost: not by a refusal, not by somebody who saved first.
 */
import { useCallback, useRef, useState } from 'react';
import { type Fault, Refused, type Row } from '../api/client';
import { type Reply, useSend } from '../api/commands';
import type { Entity } from '../api/model';

export interface Conflict {
  /** What the other one saved. */
  current: Row;
  /** What was typed here. */
  mine: Record<string, unknown>;
  fields: string[];
}

export interface Draft {
  values: Record<string, unknown>;
  titles: Record<string, string>;
  faults: Map<string, Fault>;
  problem: Refused | null;
  conflict: Conflict | null;
  saving: boolean;
  dirty: boolean;
  set: (name: string, value: unknown, title?: string) => void;
  /** Takes a field back to what is saved. */
  drop: (name: string) => void;
  fail: (name: string, message: string) => void;
  /** Saves `names`, or everything touched; true where nothing stands against it. */
  save: (names?: string[], over?: Record<string, unknown>) => Promise<boolean>;
  settle: (keepMine: string[]) => Promise<void>;
}

interface Held {
  values: Record<string, unknown>;
  /** Each touched field as it was when the typing began. */
  base: Record<string, unknown>;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

function without<T>(record: Record<string, T>, names: string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([n]) => !names.includes(n)));
}

export function useDraft(entity: Entity, row: Row | undefined, saved?: (reply: Reply) => void): Draft {
  const send = useSend();
  const held = useRef<Held>({ values: {}, base: {} });
  const under = useRef('');
  const [, draw] = useState(0);
  const [titles, setTitles] = useState<Record<string, string>>({});
  const [faults, setFaults] = useState(new Map<string, Fault>());
  const [problem, setProblem] = useState<Refused | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [saving, setSaving] = useState(false);
  const latest = useRef(row);
  latest.current = row;

  const set = useCallback((name: string, value: unknown, title?: string) => {
    const { values, base } = held.current;
    if (!(name in base)) base[name] = latest.current?.[name];
    values[name] = value;
    if (title !== undefined) setTitles((all) => ({ ...all, [name]: title }));
    setFaults((all) => (all.has(name) ? new Map([...all].filter(([n]) => n !== name)) : all));
    draw((n) => n + 1);
  }, []);

  const drop = useCallback((name: string) => {
    held.current = { values: without(held.current.values, [name]), base: without(held.current.base, [name]) };
    setFaults((all) => new Map([...all].filter(([n]) => n !== name)));
    draw((n) => n + 1);
  }, []);

  async function write(body: Record<string, unknown>, version: number | undefined): Promise<boolean> {
    const names = Object.keys(body);
    setSaving(true);
    setProblem(null);
    try {
      const reply = await send(entity, { command: 'update', id: row?.id ?? null, version: version ?? null, body });
      // What was typed on while it was being saved stays.
      const done = names.filter((n) => n in body && same(held.current.values[n] ?? body[n], body[n]));
      held.current = { values: without(held.current.values, done), base: without(held.current.base, done) };
      setFaults((all) => new Map([...all].filter(([n]) => !names.some((x) => n === x || n.startsWith(`${x}/`)))));
      saved?.(reply);
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.current) return overtaken(error.current, body);
      const found = error.byField();
      setFaults(found);
      if (found.size === 0 || ![...found.keys()].some((f) => names.includes(f.split('/')[0] ?? ''))) setProblem(error);
      return false;
    } finally {
      setSaving(false);
      draw((n) => n + 1);
    }
  }

  /** Somebody saved first. Where they changed other fields both stand; where the same, the person chooses. */
  function overtaken(current: Row, body: Record<string, unknown>): Promise<boolean> | boolean {
    const fields = Object.keys(body).filter(
      (n) => !same(current[n], held.current.base[n]) && !same(current[n], body[n]),
    );
    if (fields.length === 0) return write(body, current.version);
    setConflict({ current, mine: body, fields });
    return false;
  }

  async function save(names?: string[], over: Record<string, unknown> = {}): Promise<boolean> {
    // Enter saves, and so does leaving the field: while the first is under way the second says nothing new.
    if (conflict || under.current === JSON.stringify([names, over, held.current.values])) return false;
    const touched = Object.entries({ ...held.current.values, ...over }).filter(
      ([n]) => !names || names.includes(n) || n in over,
    );
    const changed = touched.filter(([n, v]) => !same(v, row?.[n]));
    for (const [n] of touched) if (!changed.some(([c]) => c === n)) drop(n);
    if (changed.length === 0) return true;
    // Somebody else's answer to the same field may have arrived while this one was typed.
    const base = held.current.base;
    const fields = changed.filter(([n]) => n in base && !same(row?.[n], base[n])).map(([n]) => n);
    if (row && fields.length > 0) {
      setConflict({ current: row, mine: Object.fromEntries(changed), fields });
      return false;
    }
    under.current = JSON.stringify([names, over, held.current.values]);
    try {
      return await write(Object.fromEntries(changed), row?.version);
    } finally {
      under.current = '';
    }
  }

  async function settle(keepMine: string[]): Promise<void> {
    if (!conflict) return;
    const body = Object.fromEntries(
      Object.entries(conflict.mine).filter(([n]) => !conflict.fields.includes(n) || keepMine.includes(n)),
    );
    for (const name of conflict.fields) if (!keepMine.includes(name)) drop(name);
    setConflict(null);
    if (Object.keys(body).length > 0) await write(body, conflict.current.version);
  }

  return {
    values: held.current.values,
    titles,
    faults,
    problem,
    conflict,
    saving,
    dirty: Object.keys(held.current.values).length > 0,
    set,
    drop,
    fail: (name, message) =>
      setFaults((all) => new Map(all).set(name, { code: 'web.unread', message, advice: '', field: name })),
    save,
    settle,
  };
}
