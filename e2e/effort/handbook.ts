/** The handbook's table of effort: written by `UPDATE_DOCS=1`, and otherwise held against what this run measured. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Budget, budget, EFFORT, type Measured, PAGE, WAYS } from './budget.ts';

export default function handbook(): void {
  if (!existsSync(EFFORT)) return;
  const lines = readFileSync(EFFORT, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Measured);
  // A test that was tried once more has measured twice; the last one holds.
  const last = new Map(lines.map((m) => [`${m.task} ${m.way}`, m]));
  const tasks = budget();
  const whole = Object.keys(tasks).every((task) => WAYS.every((way) => last.has(`${task} ${way}`)));
  if (!whole) return console.log('docs/effort.md is left alone: not every task was measured');
  const faults: string[] = [];
  for (const task of Object.keys(tasks)) {
    const shortest = Math.min(...WAYS.map((way) => last.get(`${task} ${way}`)?.E ?? 0));
    const keyboard = last.get(`${task} keyboard`)?.E ?? 0;
    // A key more or less is a fifth of a task of five.
    if (keyboard > Math.max(shortest * 1.2, shortest + 1)) faults.push(`${task}: ${keyboard} by keyboard, ${shortest} otherwise`);
  }
  const page = text(tasks, last);
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page);
  else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page)
    faults.push('docs/effort.md is not what was measured: UPDATE_DOCS=1 scripts/browser-tests effort');
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

function text(tasks: Record<string, Budget>, last: Map<string, Measured>): string {
  const rows = Object.entries(tasks).map(([task, b]) => {
    const of = (way: string) => last.get(`${task} ${way}`) as Measured;
    const k = of('keyboard');
    return `| ${b.number} | ${b.what} | ${b.peer} | ${b.goal} | **${k.E}** | ${of('mouse').E} | ${of('touch').E} | ${k.keys} + ${k.pages} + ${k.dialogs} | ${k.data} | ${k.person.toFixed(0)} | ${b.wait} |`;
  });
  return [
    '# What everyday tasks cost',
    '',
    'Counted in a browser by `e2e/effort/recorder.ts` on the demo company. It is the recorder and no author that counts every key,',
    'click, page and dialog, and a task counts only when its outcome is in the database. **E = keys + clicks + pages + dialogs**;',
    'the characters of data are left out, because they are the same for everybody. Each task is done by the keyboard alone,',
    'by the mouse alone (data is typed, nothing else), and with a finger on a screen 390 pixels wide.',
    '',
    '| # | task | peer | goal | keyboard | mouse | touch | keys + pages + dialogs | data | person, s | wait at most, s |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '- *Peer*: Odoo Community 16.0, the shortest way of a trained user, measured on 24 Nov 2026. *Goal*: half of that or less.',
    '- *Person*: keystroke-level model at the keyboard: key or character 0.2 s, new page or dialog 1.35 s. An estimate, for ranking.',
    '- *Wait*: what a test allows the program, from each input until nothing moves any more, summed over the task, on a busy machine.',
    '- The limits stand in `e2e/effort/budget.toml`; a test fails when one is passed, or when this table is no longer what was measured.',
    '  `UPDATE_DOCS=1 scripts/browser-tests effort` writes it anew.',
    '',
  ].join('\n');
}
