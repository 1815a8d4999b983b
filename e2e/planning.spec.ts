/** The planner's pages, on a small shop that makes to order. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, signIn, test } from './house.ts';
import { later, sells, workshop } from './workshop.ts';

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
  const made = await house.rows(api, 'WorkOrders?$orderby=id');
  expect(made.map((o) => [o.state, o.product_id, o.quantity])).toEqual([
    ['firm', shop.bicycle, 2],
    ['firm', shop.wheel, 4],
  ]);
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
  await expect(page.getByRole('region', { name: /whom it serves/ })).toContainText(number);
  await page.keyboard.press('d');
  await expect(page.getByRole('tab', { name: 'Day', exact: true })).toHaveAttribute('aria-selected', 'true');
  expect(await cells('Planned receipts')).toEqual(['4']);
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
  const order = await sells(house, api, shop, 2, later(shop.today, 3));
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByText(/Touring bicycle comes .*late/)).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});
