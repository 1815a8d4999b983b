/** What each task may cost, and what the last run measured. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const WAYS = ['keyboard', 'mouse', 'touch'] as const;
export type Way = (typeof WAYS)[number];

const ROOT = resolve(import.meta.dirname, '../..');
/** One line for each task and way of this run. */
export const EFFORT = join(ROOT, 'target/e2e/effort.jsonl');
export const PAGE = join(ROOT, 'docs/effort.md');

export interface Measured {
  task: string;
  way: Way;
  E: number;
  clicks: number;
  keys: number;
  data: number;
  pages: number;
  dialogs: number;
  waitMs: number;
  person: number;
}

export type Budget = Record<Way, number> & {
  number: string;
  what: string;
  /** Of the best open peer, and what we set out for. */
  peer: number;
  goal: number;
  /** Seconds: the program's, in any way, and the person's at the keyboard. */
  wait: number;
  person: number;
};

/** `budget.toml`: sections of plain keys, numbers and texts. */
export function budget(): Record<string, Budget> {
  const text = readFileSync(join(import.meta.dirname, 'budget.toml'), 'utf8');
  const sections = text.split(/^\[(.+)\]$/m).slice(1);
  const tasks: [string, Budget][] = [];
  for (let i = 0; i + 1 < sections.length; i += 2) {
    const pairs = [...(sections[i + 1] ?? '').matchAll(/^(\w+) = (?:"(.*)"|([\d.]+))$/gm)];
    tasks.push([sections[i] ?? '', Object.fromEntries(pairs.map((m) => [m[1], m[2] ?? Number(m[3])])) as unknown as Budget]);
  }
  return Object.fromEntries(tasks);
}
