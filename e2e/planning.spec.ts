/** The planner's pages, on a small shop that makes to order. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, signIn, test } from './house.ts';
import { later, orders, sells, stocks, workshop } from './workshop.ts';

test('the bench says who is late and why, and one key agrees to what is chosen', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const order = await sells(house, api, shop, 2, later(shop.today, 3));
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${order}`);
  await page.goto(`${house.url}/plan`);
  // Frames come in ten days: the order is late, and the row says so.
  const late = page.getByRole('row').filter({ hasText: number }).first();
  await expect(late).toContainText('Frame 58');
  // They should have been ordered a week ago, and that is said as well.
  await expect(page.getByRole('row').filter({ hasText: /Buy\s*Frame 58/ })).toContainText('past due');
  await expect(page.getByRole('button', { name: /^Accept \d proposal/ })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // Everything that this order takes: frames, wheels, bicycles and spokes.
  for (let i = 0; i < 20 && (await late.getAttribute('aria-current')) !== 'true'; i++) await page.keyboard.press('j');
  await page.keyboard.press('x');
  await expect(page.getByRole('button', { name: /^Accept 4 proposals/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('4 of 4 done, 0 refused')).toBeVisible();
  const bought = await house.rows(api, `PurchaseOrders?$filter=supplier_id eq ${shop.supplier}&$expand=lines`);
  expect(bought.map((o) => [o.state, o.lines.length])).toEqual([['confirmed', 2]]);
  const made = await house.rows(api, `WorkOrders?$filter=product_id eq ${shop.bicycle} or product_id eq ${shop.wheel}&$orderby=id`);
  expect(made.map((o) => [o.state, o.product_id, o.quantity])).toEqual([
    ['firm', shop.bicycle, 2],
    ['firm', shop.wheel, 4],
  ]);
  // One key takes all of it back.
  await page.keyboard.press('z');
  const states = async () => (await house.rows(api, `WorkOrders?$filter=product_id eq ${shop.bicycle} or product_id eq ${shop.wheel}`)).map((o) => o.state);
  await expect.poll(states).toEqual(['cancelled', 'cancelled']);
  await expect(page.getByRole('button', { name: /^Accept \d proposal/ })).toBeVisible();
});

test('a product in the plan: what is wanted, what comes, and whom each supply serves', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const on = later(shop.today, 3);
  const order = await sells(house, api, shop, 2, on);
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${order}`);
  await page.goto(`${house.url}/plan/${shop.wheel}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Wheel 28');
  // Two wheels for each of two bicycles, to the quantity.
  const cells = async (name: string) => (await page.getByRole('row', { name }).getByRole('cell').allTextContents()).filter((c) => /\d/.test(c));
  await expect(page.getByRole('row', { name: 'Gross requirements' })).toContainText('4');
  expect(await cells('Gross requirements')).toEqual(['4']);
  expect(await cells('Planned receipts')).toEqual(['4']);
  const last = (await cells('Projected on hand')).at(-1);
  expect(last).toBe('0');
  // Nobody is promised a wheel.
  await expect(page.getByRole('row', { name: 'Available to promise' })).toBeHidden();
  await page.keyboard.press('f');
  await expect(page.getByRole('region', { name: /whom it serves/ })).toContainText(number);
  await page.keyboard.press('d');
  await expect(page.getByRole('tab', { name: 'Day', exact: true })).toHaveAttribute('aria-selected', 'true');
  expect(await cells('Planned receipts')).toEqual(['4']);
  // Of bicycles all that is made is promised.
  await page.goto(`${house.url}/plan/${shop.bicycle}`);
  await expect(page.getByRole('row', { name: 'Available to promise' })).toBeVisible();
  expect((await cells('Available to promise')).at(-1)).toBe('0');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('the order desk says the date that is true for what is made, and the order says what is at risk', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const promise = await (await api.get(`${house.url}/odata/Products/promise(product_id=${shop.bicycle},quantity=2)`)).json();
  expect(promise.on > later(shop.today, 8)).toBe(true);
  await page.goto(`${house.url}/order-desk?customer_id=${shop.customer}&customer=Studio`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.type('2 bike-3');
  await page.keyboard.press('Enter');
  const line = page.getByRole('table', { name: 'Lines' }).getByRole('row').nth(1);
  await expect(line).toContainText('lead time of Frame 58');
  const day = new Date(promise.on).getUTCDate();
  await expect(line).toContainText(new RegExp(` ${day} (Nov|Dec|Jan)`));
  await expect(page.getByText(/if Frame 58 came at once/)).toBeVisible();
  // Somebody brings frames sooner, at a price.
  const express = await house.run(api, 'Parties', { name: 'Hitri okvirji', is_supplier: true });
  await house.run(api, 'SupplierPrices', { supplier_id: express.id, product_id: shop.frame, price: 135, lead_time_days: 2 });
  await page.reload();
  await page.keyboard.type('2 bike-3');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Hitri okvirji brings it in 2 days, for 30.00 more')).toBeVisible();
  const order = await sells(house, api, shop, 2, later(shop.today, 3));
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByText(/Touring bicycle comes .*late/)).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('the tablet at a work center: start, good, scrap with its reason, done', async ({ browser, page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  await stocks(house, api, shop);
  const wheels = await orders(house, api, shop.wheel, 4, later(shop.today, 5));
  await house.run(api, `WorkOrders(${wheels})/release`);
  const context = await browser.newContext({ storageState: await page.context().storageState(), viewport: { width: 820, height: 1180 }, hasTouch: true });
  const tablet = await context.newPage();
  const faults: string[] = [];
  tablet.on('console', (m) => m.type() === 'error' && faults.push(m.text()));
  await tablet.goto(`${house.url}/floor`);
  await tablet.getByRole('button', { name: /Wheel stand.*1 job/ }).tap();
  await expect(tablet.getByRole('heading', { level: 2, name: 'Wheel 28' })).toBeVisible();
  await tablet.getByRole('button', { name: 'Start' }).tap();
  await tablet.getByRole('button', { name: /^Scrap/ }).tap();
  await tablet.getByRole('button', { name: 'Damaged' }).tap();
  await expect(tablet.getByText('1 scrap', { exact: true })).toBeVisible();
  expect((await new AxeBuilder({ page: tablet }).exclude('.toasts').analyze()).violations).toEqual([]);
  await tablet.getByRole('button', { name: /^Good/ }).tap();
  await tablet.getByRole('button', { name: '1 good', exact: true }).tap();
  const about = `WorkOrders?$filter=id eq ${wheels}`;
  await expect.poll(async () => (await house.row(api, about)).completed).toBe(1);
  await tablet.getByRole('button', { name: 'All 2 good' }).tap();
  await expect.poll(async () => (await house.row(api, about)).state).toBe('completed');
  expect((await house.row(api, about)).completed).toBe(3);
  expect((await house.row(api, `ProductStocks?$filter=product_id eq ${shop.wheel}`)).free).toBe(3);
  const scrap = await house.row(api, `JobCards?$filter=work_order_id eq ${wheels} and scrapped gt 0`);
  expect([scrap.scrapped, scrap.reason]).toEqual([1, 'Damaged']);
  // The place is kept, and nothing is left to do there.
  await tablet.reload();
  await expect(tablet.getByText('No job here')).toBeVisible();
  expect(faults).toEqual([]);
  await context.close();
});

test('the foreman sees what is short and late, and releases many at once', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const bicycles = await orders(house, api, shop.bicycle, 2, later(shop.today, 5));
  const wheels = await orders(house, api, shop.wheel, 4, later(shop.today, 4));
  await page.goto(`${house.url}/foreman`);
  await expect(page.getByRole('region', { name: 'Bicycle bench' })).toContainText('Touring bicycle');
  await expect(page.getByRole('region', { name: 'Wheel stand' })).toContainText('Wheel 28');
  // The pick list of the current row, by the key that prints everywhere.
  await page.evaluate(() => {
    window.open = (url) => {
      document.title = String(url);
      return null;
    };
  });
  await page.keyboard.press('p');
  await expect(page).toHaveTitle(/^\/pdf\/WorkOrders\(\d+\)\/pick_list$/);
  const paper = await api.get(`${house.url}${await page.title()}`);
  expect((await paper.body()).subarray(0, 5).toString()).toBe('%PDF-');
  const waiting = (await house.rows(api, "WorkOrders?$filter=state eq 'planned' or state eq 'firm'")).length;
  await page.keyboard.press('Shift+X');
  await expect(page.getByRole('button', { name: `Release ${waiting} work orders` })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText(`${waiting} of ${waiting} done, 0 refused`)).toBeVisible();
  for (const id of [bicycles, wheels])
    expect((await house.row(api, `WorkOrders?$filter=id eq ${id}`)).state).toBe('released');
  // Nobody has frames: said in the row.
  await expect(page.getByRole('region', { name: 'Bicycle bench' })).toContainText('Frame 58 × 2');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.goto(`${house.url}/WorkOrders/${wheels}`);
  await expect(page.getByRole('link', { name: /Pick list, PDF/ })).toHaveAttribute('href', `/pdf/WorkOrders(${wheels})/pick_list`);
});

test('the pegging tree of a product: up to the customers, down to the materials, folded by keys', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const order = await sells(house, api, shop, 2, later(shop.today, 3));
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${order}`);
  await page.goto(`${house.url}/plan/${shop.wheel}`);
  const tree = page.getByRole('region', { name: /whom it serves/ });
  await expect(tree.getByRole('listitem').filter({ hasText: 'Touring bicycle' })).toBeVisible();
  await expect(tree.getByRole('listitem').filter({ hasText: 'Spoke' })).toContainText('144');
  // The customer is behind the bicycles.
  await expect(tree.getByRole('link', { name: number })).toBeHidden();
  await page.keyboard.press('f');
  await expect(tree.getByRole('link', { name: number })).toBeVisible();
  await expect(tree.getByRole('listitem').filter({ hasText: number })).toContainText('comes');
  await page.keyboard.press('ArrowLeft');
  await expect(tree.getByRole('listitem')).toHaveCount(1);
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('link', { name: number })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('what hurts: a supplier slips, a machine stands', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const sale = await sells(house, api, shop, 2, later(shop.today, 20));
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${sale}`);
  const lines = [{ product_id: shop.frame, quantity: 2 }, { product_id: shop.spoke, quantity: 144 }];
  const bought = (await house.run(api, 'PurchaseOrders', { supplier_id: shop.supplier, lines })).id as number;
  await house.run(api, `PurchaseOrders(${bought})/confirm`);
  await page.goto(`${house.url}/PurchaseOrders/${bought}`);
  const hurts = page.getByRole('region', { name: 'What hurts' });
  await expect(hurts).toContainText('still comes in time');
  await hurts.getByRole('textbox', { name: 'Days' }).fill('30');
  await expect(hurts.getByRole('link', { name: number })).toBeVisible();
  await expect(hurts).toContainText('1,200.00 of customers');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // A downtime says by itself whom it hits, once it is recorded.
  const body = { work_center_id: shop.bench, kind: 'maintenance', reason: 'New spindle', starts_at: `${later(shop.today, 1)}T00:00:00Z`, ends_at: `${later(shop.today, 40)}T00:00:00Z` };
  const down = (await house.run(api, 'Downtimes', body)).id;
  await page.goto(`${house.url}/Downtimes/${down}`);
  await expect(hurts.getByRole('link', { name: number })).toBeVisible();
  // From the bench by a key.
  await page.goto(`${house.url}/plan`);
  const moved = page.getByRole('row').filter({ hasText: /Bring forward|Put off/ }).first();
  await expect(moved).toBeVisible();
  for (let i = 0; i < 40 && (await moved.getAttribute('aria-current')) !== 'true'; i++) await page.keyboard.press('j');
  await page.keyboard.press('s');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What hurts');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('textbox', { name: 'Days' })).toHaveValue('8');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('what if: sentences are planned beside the real plan, taken over as commands or thrown away', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  await stocks(house, api, shop);
  const sale = await sells(house, api, shop, 2, later(shop.today, 8));
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${sale}`);
  await page.goto(`${house.url}/plan/scenario`);
  await expect(page.getByText('Nothing is otherwise yet')).toBeVisible();
  await page.getByRole('combobox', { name: 'Which work center' }).fill('Bicycle');
  await page.getByRole('option', { name: /Bicycle bench/ }).click();
  await page.getByRole('textbox', { name: 'From' }).fill(shop.today);
  await page.getByRole('textbox', { name: 'To' }).fill(later(shop.today, 30));
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText(/^Bicycle bench stands from/)).toBeVisible();
  const dates = page.getByRole('region', { name: 'Orders with another date' });
  await expect(dates.getByRole('row').filter({ hasText: number }).first()).toContainText('late');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // The real plan knows nothing of it.
  expect((await house.rows(api, `Downtimes?$filter=work_center_id eq ${shop.bench}`)).length).toBe(0);
  // The address holds it.
  await page.reload();
  await expect(dates.getByRole('row').filter({ hasText: number }).first()).toContainText('late');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('can be done.')).toBeVisible();
  expect((await house.rows(api, `Downtimes?$filter=work_center_id eq ${shop.bench}`)).length).toBe(0);
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('is done.')).toBeVisible();
  expect((await house.rows(api, `Downtimes?$filter=work_center_id eq ${shop.bench}`)).length).toBe(1);
  await page.getByRole('button', { name: 'Throw away' }).click();
  await expect(page.getByText('Nothing is otherwise yet')).toBeVisible();
  // It is real now: the customer's page says what is at risk.
  await page.goto(`${house.url}/Parties/${shop.customer}`);
  const risk = page.getByRole('region', { name: 'Dates at risk' });
  await expect(risk.getByRole('listitem').filter({ hasText: number })).toContainText('late');
});
