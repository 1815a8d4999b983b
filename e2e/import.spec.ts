/** A firm moves in by browser: chosen, looked at, mended, brought in; a second time changes nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { BICYCLES_DATA, EMPTY, expect, PASSWORD, signIn, test } from './house.ts';

const csv = (name: string, lines: string[]) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) });

const HEAD = 'name,kind,is_customer,email';
const CUSTOMERS = ['Gostilna Pri mostu,organisation,yes,info@primostu.example', 'Kavarna Evropa,organisation,yes,evropa@example.com'];

async function choose(page: Page, files: Parameters<import('@playwright/test').FileChooser['setFiles']>[0]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('u');
  await (await chooser).setFiles(files);
}

test('lists are looked at, mended and brought in, once', async ({ page, house }) => {
  await signIn(page, house);
  await page.goto(`${house.url}/import`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const customers = async () => (await house.rows(page.request, "Parties?$filter=endswith(email,'example') or endswith(email,'example.com')&$select=name")).length;
  const before = await customers();

  // Each thing that is wrong stands with its file, row and column, and says what to do; nothing is written.
  const wrong = csv('Parties.csv', [HEAD, ...CUSTOMERS, 'Pekarna Klas,organisation,maybe,klas@example.com', ',organisation,yes,brez@example.com', 'Bar Rog,pub,yes,rog@example.com']);
  const articles = csv('Products.csv', ['code,name,kind,unit,list_price', 'X-1,Stool Krim,goods,H87,89.50', 'X-2,Table Krim,goods,C62,2a9']);
  await choose(page, [wrong, articles]);
  const parties = page.getByRole('region', { name: 'Parties.csv' });
  await expect(parties.getByRole('row', { name: /^4 .*“maybe” is neither yes nor no.*left out/ })).toBeVisible();
  await expect(parties.getByRole('row', { name: /^5 .*Name.*left out/ })).toBeVisible();
  await expect(parties.getByRole('row', { name: /^6 .*“pub”.*Write one of these:.*organisation.*left out/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Products.csv' }).getByRole('row', { name: /^3 .*“2a9” is not a number/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Parties\.csv.*2 new, 3 left out/ })).toBeVisible();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/import.png`, fullPage: true });
  expect(await customers()).toBe(before);

  // Mended and chosen again.
  const mended = csv('Parties.csv', [HEAD, ...CUSTOMERS, 'Pekarna Klas,organisation,no,klas@example.com', 'Bar Brez,organisation,yes,brez@example.com']);
  await choose(page, [mended]);
  await expect(page.getByRole('row', { name: /Parties\.csv.*4 new/ })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByText('4 rows are in.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Parties', exact: true }).last()).toBeVisible();
  expect(await customers()).toBe(before + 4);

  // Once more: all of it is known, there is no button to press, and nothing comes twice.
  await choose(page, [mended]);
  await expect(page.getByRole('row', { name: /Parties\.csv.*4 here already/ })).toBeVisible();
  await expect(page.getByText('Everything in these files is here already')).toBeVisible();
  await expect(page.getByRole('button', { name: /Bring in/ })).toHaveCount(0);
  expect(await customers()).toBe(before + 4);

  // A list of another program, without its other files: one thing to mend, and not one in every row.
  await choose(page, [csv('Product.csv', ['ProductID,Name,ProductNumber,ListPrice,StandardCost', '1,Adjustable Race,AR-5381,0,0', '2,Bearing Ball,BA-8327,0,0'])]);
  const lacks = page.getByRole('alert');
  await expect(lacks).toContainText('Product.csv has no column Unit');
  await expect(lacks).toContainText('Add a column “Unit” to the file');
  await expect(lacks).toContainText('Adventure Works: choose it together with BillOfMaterials, Customer, Location, Person');
  await expect(page.getByRole('region', { name: 'Product.csv' }).getByRole('row', { name: /^2–3 .*Unit/ })).toBeVisible();

  // What nobody knows is refused on the page.
  await choose(page, [csv('x.csv', ['a,b', '1,2'])]);
  await expect(page.getByRole('alert')).toContainText('No mapping knows these files: x.csv');
});

test.describe('a real firm', () => {
  test.use({ from: EMPTY });

  /** Its files as they are, but only the first of its 31,465 orders and 72,591 work orders. */
  function firm(): { name: string; mimeType: string; buffer: Buffer }[] {
    const plain = (name: string) => name.replace(/\.gz$/, '');
    const read = (name: string) => {
      const bytes = readFileSync(join(BICYCLES_DATA, name));
      return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    };
    const files = readdirSync(BICYCLES_DATA).filter((name) => /^[A-Z].*\.csv(\.gz)?$/.test(name));
    return files.map((name) => {
      const buffer = read(name);
      const before = /^SalesOrder(Header|Detail)\./.test(name) ? 43_859 : /^WorkOrder/.test(name) ? 2_001 : 0;
      if (!before) return { name: plain(name), mimeType: 'text/csv', buffer };
      const [head = '', ...lines] = buffer.toString('utf8').split('\n');
      const few = lines.filter((line) => Number(/^"?(\d+)/.exec(line)?.[1]) < before);
      return { name: plain(name), mimeType: 'text/csv', buffer: Buffer.from([head, ...few].join('\n')) };
    });
  }

  test('moves in by browser, and a second time changes nothing', async ({ page, house }) => {
    test.skip(!existsSync(BICYCLES_DATA), `${BICYCLES_DATA} is not there`);
    test.setTimeout(240_000);
    const who = { name: 'Ana', login: 'ana', password: PASSWORD, language: 'en' };
    const set = await page.request.post(`${house.url}/api/set-up`, { data: { company: { name: 'Adventure Works Cycles', country: 'SI' }, user: who } });
    expect(set.ok(), await set.text()).toBe(true);
    await page.goto(`${house.url}/import`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const files = firm();
    await choose(page, files);
    const start = page.getByRole('button', { name: /^Bring in [\d,.]+ rows/ });
    await expect(start).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('row', { name: /SalesOrderHeader\.csv.*Orders? 200 .*new/ })).toBeVisible();
    for (const row of [/Location\.csv.*Work centers 7 .*new/, /Employee\.csv.*Employees 290 .*new/, /Product\.csv.*Bills.* 238 .*new/, /Location\.csv.*Counts? 14 .*new/, /WorkOrder\.csv.*Work orders 2,000 .*new/]) {
      await expect(page.getByRole('row', { name: row })).toBeVisible();
    }
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/import-firm.png`, fullPage: true });
    expect((await house.rows(page.request, 'Parties?$top=5')).length).toBe(0);
    await start.click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expect(page.getByText(/[\d,.]+ rows are in\./)).toBeVisible({ timeout: 150_000 });
    const counts = async () => Promise.all(['Parties', 'Products', 'SalesOrders', 'PurchaseOrders', 'WorkOrders', 'Bills', 'StockMoves'].map(async (set) => Number(await (await page.request.get(`${house.url}/odata/${set}/$count`)).text())));
    const came = await counts();
    expect(came.slice(1)).toEqual([504, 200, 4012, 2000, 238, 1065]);
    await choose(page, files);
    await expect(page.getByText('Everything in these files is here already')).toBeVisible({ timeout: 60_000 });
    expect(await counts()).toEqual(came);
  });
});
