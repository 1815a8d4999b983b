/** What the server saw in the files, and what it did with them. */

export interface Fault {
  level: 'error' | 'warning' | 'note';
  row: number;
  column: string;
  message: string;
  advice: string;
}

export interface Table {
  what: string;
  file: string;
  entity: string | null;
  rows: number;
  new?: number;
  known?: number;
  refused?: number;
  problems: Fault[];
  /** Fields without which no row can come in, and that no column fills. */
  missing?: string[];
}

export interface Seen {
  token: string;
  tables: Table[];
  unknown_files: string[];
  /** Files that are understood and have no place yet, with the reason. */
  homeless: [file: string, why: string][];
  notes: string[];
  /** Another way to understand the files, if these were there too. */
  nearly: { mapping: string; files: string[] } | null;
}

export interface Progress {
  state: 'preview' | 'waiting' | 'running' | 'done' | 'failed';
  done: number;
  total: number;
  report: { tables?: Table[]; error?: string; advice?: string } | null;
}

/** The same thing wrong in many rows is said once, with its rows. */
export interface Gathered extends Fault {
  rows: number[];
}

export function gathered(faults: Fault[]): Gathered[] {
  const groups = new Map<string, Gathered>();
  for (const fault of faults) {
    const key = `${fault.level}|${fault.column}|${fault.message}`;
    const group = groups.get(key);
    if (group) group.rows.push(fault.row);
    else groups.set(key, { ...fault, rows: [fault.row] });
  }
  const worst = { error: 0, warning: 1, note: 2 };
  return [...groups.values()].sort((a, b) => worst[a.level] - worst[b.level]);
}

/** `2–5, 9`: rows as one reads them. */
export function ranges(rows: number[], most = 6): string {
  const runs: [from: number, to: number][] = [];
  for (const row of [...new Set(rows)].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && row === last[1] + 1) last[1] = row;
    else runs.push([row, row]);
  }
  const shown = runs.slice(0, most).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return runs.length > most ? `${shown.join(', ')}, …` : shown.join(', ');
}
