/** Counts what a person does, in keys, clicks, pages and dialogs: the recorder counts, not the author. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Effort {
  clicks: number;
  keys: number;
  data: number;
  pages: number;
  dialogs: number;
  hands: number;
  waitMs: number;
}

/** Keystroke-level model: key 0.2 s, click 1.3, hand between mouse and keys 0.4, new page or dialog 1.35. */
const seconds = (e: Effort) => (e.keys + e.data) * 0.2 + e.clicks * 1.3 + e.hands * 0.4 + (e.pages + e.dialogs) * 1.35;

export class Person {
  readonly effort: Effort = { clicks: 0, keys: 0, data: 0, pages: 0, dialogs: 0, hands: 0, waitMs: 0 };
  private path: string;
  private dialogs = 0;
  private hand: 'mouse' | 'keys' | undefined;

  constructor(readonly page: Page) {
    this.path = new URL(page.url()).pathname;
  }

  /** A key that is not data: `Tab`, `Enter`, `Control+k`, `n`. */
  async press(key: string): Promise<void> {
    this.effort.keys += 1;
    await this.does('keys', () => this.page.keyboard.press(key));
  }

  /** Data: what everybody has to type. */
  async type(text: string): Promise<void> {
    this.effort.data += text.length;
    await this.does('keys', () => this.page.keyboard.type(text));
  }

  async click(target: Locator): Promise<void> {
    this.effort.clicks += 1;
    await this.does('mouse', () => target.click());
  }

  private async does(hand: 'mouse' | 'keys', act: () => Promise<void>): Promise<void> {
    if (this.hand && this.hand !== hand) this.effort.hands += 1;
    this.hand = hand;
    const begun = performance.now();
    await act();
    await this.quiet();
    this.effort.waitMs += Math.max(0, performance.now() - begun - QUIET_MS);
    const path = new URL(this.page.url()).pathname;
    if (path !== this.path) this.effort.pages += 1;
    this.path = path;
    const dialogs = await this.page.locator('[role=dialog]:visible').count();
    if (dialogs > this.dialogs) this.effort.dialogs += 1;
    this.dialogs = dialogs;
  }

  /** Until nothing has moved for a moment: no request under way, no change of the page. */
  private async quiet(): Promise<void> {
    await this.page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
    await this.page.evaluate(
      (quiet) =>
        new Promise<void>((done) => {
          let timer = setTimeout(finish, quiet);
          const seen = new MutationObserver(() => {
            clearTimeout(timer);
            timer = setTimeout(finish, quiet);
          });
          function finish() {
            seen.disconnect();
            done();
          }
          seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
          setTimeout(finish, 3_000);
        }),
      QUIET_MS,
    );
  }

  /** Holds the task against its budget and writes it down for the handbook. */
  ends(task: string, way: 'shortest' | 'keyboard' | 'mouse'): void {
    const e = this.effort;
    const total = e.clicks + e.keys + e.pages + e.dialogs;
    mkdirSync(join(ROOT, 'target/e2e'), { recursive: true });
    const line = { task, way, E: total, ...e, personSeconds: Number(seconds(e).toFixed(1)) };
    appendFileSync(join(ROOT, 'target/e2e/effort.jsonl'), `${JSON.stringify(line)}\n`);
    if (way === 'keyboard') expect(e.clicks, 'the keyboard alone').toBe(0);
    if (way === 'mouse') return;
    const goal = budget()[task];
    expect(goal, `budget.toml has no ${task}`).toBeDefined();
    expect(total, `${task} costs ${JSON.stringify(e)}`).toBeLessThanOrEqual(goal as number);
  }
}

const QUIET_MS = 150;

function budget(): Record<string, number> {
  const text = readFileSync(join(import.meta.dirname, 'budget.toml'), 'utf8');
  return Object.fromEntries([...text.matchAll(/^(\S+) = (\d+)/gm)].map((m) => [m[1] as string, Number(m[2])]));
}
