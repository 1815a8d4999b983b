/** A server of its own for each test, on a copy of the demo company, with the books proven when it is left. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type APIRequestContext, type BrowserContext, type Page, test as base, expect } from '@playwright/test';
import type { Way } from './effort/budget.ts';
import { Person } from './effort/recorder.ts';

const ROOT = resolve(import.meta.dirname, '..');
export const BINARY = process.env.CELOTA ?? join(ROOT, 'target/debug/celota');
export const DEMO = join(ROOT, 'target/e2e/demo');
export const EMPTY = join(ROOT, 'target/e2e/empty');
/** A manufacturer of bicycles with three years of business (data/README.md of the shared data). */
export const BICYCLES = join(ROOT, 'target/e2e/bicycles');
export const BICYCLES_DATA = process.env.BICYCLES ?? join(ROOT, '../shared/data/adventureworks');
export const PASSWORD = 'demo-mizarstvo';

/** The server on which databases are made for the tests; without it each house has one inside, in its folder. */
const POSTGRES = process.env.CELOTA_TEST_POSTGRES;

/** Which database a folder's data lies in, as an option of the command line. */
export function databaseOf(folder: string): string[] {
  return POSTGRES ? ['--database', new URL(`/${nameOf(folder)}`, POSTGRES).href] : [];
}

/** Makes the database of a folder: an empty one, or a copy of another folder's. */
export function makeDatabase(folder: string, from?: string): void {
  sql(`DROP DATABASE IF EXISTS ${nameOf(folder)}`);
  sql(`CREATE DATABASE ${nameOf(folder)}${from ? ` TEMPLATE ${nameOf(from)}` : ''}`);
}

const nameOf = (folder: string) => `e2e_${basename(folder).replace(/\W/g, '_').toLowerCase()}`;

function sql(statement: string): void {
  if (POSTGRES) execFileSync('psql', [POSTGRES, '-qc', statement], { env: { ...process.env, PGOPTIONS: '-c client_min_messages=warning' }, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Debian's library that tells a program another time (package `faketime`). */
const TIME = readdirSync('/usr/lib').map((at) => `/usr/lib/${at}/faketime/libfaketimeMT.so.1`).find((at) => existsSync(at));

type Row = Record<string, any>;

/** The program under test, and what its database holds. */
export class House {
  private process?: ChildProcess;
  readonly data: string;
  private port = 0;
  /** Days that the program believes to have passed. */
  private days = 0;
  url = '';

  constructor(from: string) {
    this.data = mkdtempSync(join(tmpdir(), 'celota-e2e-'));
    cpSync(from, this.data, { recursive: true });
    makeDatabase(this.data, from);
  }

  async open(): Promise<void> {
    this.port ||= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const env = { ...this.env(), CELOTA_ARGON2_KIB: '1024' };
    this.process = spawn(BINARY, [...this.at(), 'serve', '--address', `127.0.0.1:${this.port}`], { env, stdio: 'ignore' });
    for (let i = 0; i < 100; i++) {
      if (await fetch(`${this.url}/health`).then((r) => r.ok, () => false)) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error('the server does not answer');
  }

  private async stop(): Promise<void> {
    if (this.process?.exitCode !== null) return;
    const ended = new Promise((done) => this.process?.once('exit', done));
    this.process.kill('SIGTERM');
    await ended;
  }

  /** Lets days pass: the same server, so much later. */
  async pass(days: number): Promise<void> {
    await this.stop();
    this.days += days;
    await this.open();
  }

  private env(): NodeJS.ProcessEnv {
    const env = { ...process.env, RUST_LOG: 'error' };
    if (this.days === 0) return env;
    if (!TIME) throw new Error('the package faketime is not installed');
    return { ...env, LD_PRELOAD: TIME, FAKETIME: `+${this.days}d`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  }

  /** Stops the server and proves what must always be true. */
  async close(): Promise<void> {
    await this.stop();
    execFileSync(BINARY, [...this.at(), 'check'], { env: this.env() });
    sql(`DROP DATABASE IF EXISTS ${nameOf(this.data)}`);
    rmSync(this.data, { recursive: true, force: true });
  }

  private at(): string[] {
    return ['--data', this.data, ...databaseOf(this.data)];
  }

  /** Letters that were sent, as text. */
  letters(): string[] {
    const folder = join(this.data, 'mail');
    try {
      return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    } catch {
      return [];
    }
  }

  /** Rows of an entity set. */
  async rows(api: APIRequestContext, query: string): Promise<Row[]> {
    const answer = await api.get(`${this.url}/odata/${query}`);
    expect(answer.ok(), `${query}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return (await answer.json()).value;
  }

  async row(api: APIRequestContext, query: string): Promise<Row> {
    const [row] = await this.rows(api, query);
    expect(row, query).toBeTruthy();
    return row as Row;
  }

  /** Runs a command as the one who is signed in. */
  run(api: APIRequestContext, path: string, body: Row = {}): Promise<Row> {
    return this.send(api, 'POST', path, body);
  }

  /** Changes a record. */
  patch(api: APIRequestContext, path: string, body: Row): Promise<Row> {
    return this.send(api, 'PATCH', path, body);
  }

  private async send(api: APIRequestContext, method: 'POST' | 'PATCH', path: string, data: Row): Promise<Row> {
    const session = await (await api.get(`${this.url}/api/session`)).json();
    const answer = await api.fetch(`${this.url}/odata/${path}`, { method, data, headers: { 'x-csrf': session.csrf } });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
    return answer.json();
  }
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Signs in without the sign-in page, which has a test of its own. */
export async function signIn(page: Page, house: House, login = 'ana'): Promise<void> {
  const answer = await page.request.post(`${house.url}/api/sign-in`, { data: { login, password: PASSWORD } });
  expect(answer.ok()).toBe(true);
}

interface Houses {
  from: string;
  house: House;
  faults: string[];
  /** Somebody before a screen of their own: the desk, or a phone that knows only fingers. */
  at: (way: Way) => Promise<Person>;
}

/** What the console may say: the browser's own line about a business answer that is a no, and nothing else. */
const REFUSAL = /^Failed to load resource: the server responded with a status of (412|422) /;

function listen(page: Page, faults: string[]): void {
  page.on('pageerror', (e) => faults.push(String(e)));
  page.on('console', (m) => m.type() === 'error' && !REFUSAL.test(m.text()) && faults.push(m.text()));
}

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export const test = base.extend<Houses>({
  from: [DEMO, { option: true }],
  house: async ({ from }, use) => {
    const house = new House(from);
    await house.open();
    await use(house);
    await house.close();
  },
  /** What the console complained about; a test ends with none, before its house is closed to a page that still asks. */
  faults: [
    async ({ page, house: _ }, use) => {
      const faults: string[] = [];
      listen(page, faults);
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
  at: async ({ browser, faults, house: _ }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (way) => {
      const context = await browser.newContext(way === 'touch' ? PHONE : {});
      contexts.push(context);
      const page = await context.newPage();
      listen(page, faults);
      return new Person(page, way);
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };
