/** Counts what a person does, in keys, clicks, pages and dialogs: the recorder counts, not the author. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { budget, EFFORT, type Measured, type Way } from './budget.ts';

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
  effort: Effort = NOTHING();
  private path = '';
  private dialogs = 0;
  private hand: 'mouse' | 'keys' | undefined;

  constructor(
    readonly page: Page,
    readonly way: Way,
  ) {}

  /** From here on it is counted. */
  async begins(): Promise<void> {
    await this.quiet();
    this.effort = NOTHING();
    this.path = new URL(this.page.url()).pathname;
    this.dialogs = 0;
    this.hand = undefined;
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

  /** A click of the mouse, or a tap of the finger. */
  async click(target: Locator): Promise<void> {
    this.effort.clicks += 1;
    // What is clicked may stand in a dialog that has only just come.
    await target.waitFor({ state: 'visible' });
    await this.looks();
    await this.does('mouse', () => (this.way === 'touch' ? target.tap() : target.click()));
  }

  /** Takes hold of something with the mouse and lets it go so many pixels further: one act. */
  async drag(target: Locator, right: number): Promise<void> {
    this.effort.clicks += 1;
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error('nothing to take hold of');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.does('mouse', async () => {
      await this.page.mouse.move(x, y);
      await this.page.mouse.down();
      await this.page.mouse.move(x + right, y, { steps: 5 });
      await this.page.mouse.up();
    });
  }

  /** To a page of an area, as the desk has it at its left and the phone behind a tab of its bar. */
  async goes(area: string, place?: string): Promise<void> {
    if (this.way === 'touch') {
      await this.click(this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Areas' }));
      const section = this.page.getByRole('region', { name: area, exact: true });
      await this.click(place ? section.getByRole('link', { name: place, exact: true }) : section.getByRole('link').first());
      return;
    }
    const areas = this.page.getByRole('navigation', { name: 'Areas' });
    await this.click(areas.getByRole('link', { name: area, exact: true }));
    if (place) await this.click(areas.getByRole('link', { name: place, exact: true }));
  }

  /** What stands behind *More* on a page. */
  async chooses(item: RegExp): Promise<void> {
    await this.click(this.page.getByRole('button', { name: 'More', exact: true }));
    await this.click(this.page.getByRole('menuitem', { name: item }));
  }

  private async does(hand: 'mouse' | 'keys', act: () => Promise<void>): Promise<void> {
    if (this.hand && this.hand !== hand) this.effort.hands += 1;
    this.hand = hand;
    const begun = performance.now();
    await act();
    await this.quiet();
    this.effort.waitMs += Math.max(0, performance.now() - begun - QUIET_MS);
    await this.looks();
  }

  /** Counts a page or a dialog that was not there before. */
  private async looks(): Promise<void> {
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
  ends(task: string): void {
    const e = this.effort;
    const E = e.clicks + e.keys + e.pages + e.dialogs;
    const measured: Measured = { task, way: this.way, E, ...e, person: Number(seconds(e).toFixed(1)) };
    mkdirSync(dirname(EFFORT), { recursive: true });
    appendFileSync(EFFORT, `${JSON.stringify(measured)}\n`);
    if (this.way === 'keyboard') expect(e.clicks, `${task}: the keyboard alone`).toBe(0);
    else expect(e.keys, `${task}: no key but data`).toBe(0);
    const allowed = budget()[task];
    if (!allowed) throw new Error(`budget.toml has no ${task}`);
    const said = `${task}, ${this.way}: ${JSON.stringify(measured)}`;
    expect.soft(E, said).toBeLessThanOrEqual(allowed[this.way]);
    // Where others work on the same machine, the clock says more about them.
    if (busy()) console.log(`the machine is busy, the wait is only told: ${said}`);
    else expect.soft(e.waitMs / 1000, `waiting, ${said}`).toBeLessThanOrEqual(allowed.wait);
    if (this.way === 'keyboard') expect.soft(measured.person, `seconds, ${said}`).toBeLessThanOrEqual(allowed.person);
  }
}

const NOTHING = (): Effort => ({ clicks: 0, keys: 0, data: 0, pages: 0, dialogs: 0, hands: 0, waitMs: 0 });
const QUIET_MS = 150;
/** Two browsers and two servers of these tests keep a few at work by themselves. */
const busy = (): boolean => (loadavg()[0] ?? 0) > 2 * cpus().length;
