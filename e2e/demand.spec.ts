/** The demand page: what was ordered says what will be, and a month is set in its cell, with a reason. */
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext } from '@playwright/test';
import { expect, type House, signIn, test } from './house.ts';
import { later, workshop, type Workshop } from './workshop.ts';

/** Spokes, of which so many were sold in each of the last months; they are planned by a forecast. */
async function sold(house: House, api: APIRequestContext, months = [600, 600, 600, 600, 600, 600]): Promise<Workshop> {
  const shop = await workshop(house, api);
  const group_id = (await house.run(api, 'ProductGroups', { code: 'PARTS', name: 'Parts of wheels' })).id;
  await house.patch(api, `Products(${shop.spoke})`, { planned_by: 'forecast', group_id, service_level_percent: 95 });
  const bought = (await house.run(api, 'PurchaseOrders', { supplier_id: shop.supplier, lines: [{ product_id: shop.spoke, quantity: 3600 }] })).id;
  await house.run(api, `PurchaseOrders(${bought})/confirm`);
  await house.run(api, `PurchaseOrders(${bought})/receive`);
  const first = `${shop.today.slice(0, 7)}-01`;
  for (const [n, quantity] of months.entries()) {
    const day = `${later(first, -28 * (n + 1)).slice(0, 7)}-10`;
    const body = { customer_id: shop.customer, requested_on: day, lines: [{ product_id: shop.spoke, quantity, unit_price: 0.2 }] };
    const order = (await house.run(api, 'SalesOrders', body)).id;
    await house.run(api, `SalesOrders(${order})/confirm`);
    await house.run(api, `SalesOrders(${order})/deliver`);
  }
  return shop;
}

test('a forecast is made, a month is typed over with its reason and taken back, and the plan follows', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await sold(house, api);
  await page.goto(`${house.url}/plan/demand`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Demand');
  const row = page.getByRole('row').filter({ hasText: 'SPOKE' });
  await expect(row).toContainText('not forecast yet');
  await page.keyboard.press('n');
  await expect(page.getByText('Products forecast: 4; without a history: 0.')).toBeVisible();
  await expect(row.getByRole('cell').first()).toHaveText('3,600');
  const cell = (n: number) => row.getByRole('cell').nth(n).getByRole('button');
  await expect(cell(2)).toHaveText('600');
  expect((await new AxeBuilder({ page }).exclude('.toasts').analyze()).violations).toEqual([]);
  // The group, then the spokes; one month on. Typing replaces what stands there, and asks why.
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowRight');
  const inside = page.getByRole('complementary', { name: 'What the month is made of' });
  await expect(inside.getByRole('heading', { level: 2 })).toContainText('Spoke');
  await page.keyboard.type('900');
  await expect(page.getByRole('textbox', { name: /^Spoke in/ })).toHaveValue('900');
  await page.keyboard.press('Enter');
  await expect(inside.getByRole('textbox', { name: /^Why 900/ })).toBeFocused();
  await page.keyboard.type('Club season');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Spoke is set.')).toBeVisible();
  await expect(cell(2)).toHaveText('900');
  await expect(inside).toContainText('Because: Club season');
  expect((await new AxeBuilder({ page }).exclude('.toasts').analyze()).violations).toEqual([]);
  // The group sums up, and cannot be set below what is set in it.
  const group = page.getByRole('row').filter({ hasText: 'Parts of wheels' });
  await expect(group.getByRole('cell').nth(2)).toHaveText('900');
  await page.keyboard.press('k');
  await page.keyboard.type('500');
  await page.keyboard.press('Enter');
  await expect(inside.getByRole('textbox', { name: /^Why 500/ })).toHaveValue('Club season');
  await page.keyboard.press('Enter');
  await expect(page.getByText('900 is set below it, 500 for all of it together.')).toBeVisible();
  await page.keyboard.press('Escape');
  // Taken back.
  await page.keyboard.press('j');
  await expect(inside.getByRole('heading', { level: 2 })).toContainText('Spoke');
  await page.keyboard.press('Backspace');
  await expect(cell(2)).toHaveText('600');
  await page.keyboard.press('z');
  await expect(cell(2)).toHaveText('900');
  // In the grid of the item, beside what is ordered.
  await page.goto(`${house.url}/plan/${shop.spoke}`);
  const cells = async (name: string) => (await page.getByRole('row', { name }).getByRole('cell').allTextContents()).filter((c) => /\d/.test(c));
  await expect(page.getByRole('row', { name: 'of the forecast' })).toBeVisible();
  expect((await cells('of the forecast')).length).toBeGreaterThan(5);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('on a telephone, in the dark, the page is whole', async ({ page, house }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await signIn(page, house);
  const shop = await sold(house, page.request, [500, 700, 550, 650, 500, 700]);
  await house.run(page.request, 'Forecasts/make');
  await page.goto(`${house.url}/plan/demand`);
  const row = page.getByRole('row').filter({ hasText: 'SPOKE' });
  await row.getByRole('cell').nth(1).getByRole('button').click();
  await expect(page.getByRole('complementary', { name: 'What the month is made of' })).toContainText('How it is known');
  // What a service level of 95 percent asks for.
  await page.keyboard.press('Shift+S');
  await expect(page.getByText(/Spoke: safety stock 0 → \d+\./)).toBeVisible();
  expect((await house.row(page.request, `Products?$filter=id eq ${shop.spoke}`)).safety_stock).toBeGreaterThan(10);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBe(0);
  expect((await new AxeBuilder({ page }).exclude('.toasts').analyze()).violations).toEqual([]);
});

test('a quote is reserved and released from its page, and the confirmed order says what the desk has shown', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  await page.goto(`${house.url}/order-desk?customer_id=${shop.customer}&customer=Studio`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.type('2 bike-3');
  await page.keyboard.press('Enter');
  await page.keyboard.type('3 bike-3');
  await page.keyboard.press('Enter');
  const lines = page.getByRole('table', { name: 'Lines' }).getByRole('row');
  await expect(lines.nth(2)).toContainText('lead time of Frame 58');
  const asked = `${shop.bicycle}~2!${shop.bicycle}~3`;
  const { value } = await (await api.get(`${house.url}/odata/Products/promises(lines='${encodeURIComponent(asked)}')`)).json();
  const order = (await house.run(api, 'SalesOrders', {
    customer_id: shop.customer, lines: [{ product_id: shop.bicycle, quantity: 2 }, { product_id: shop.bicycle, quantity: 3 }],
  })).id as number;
  await house.run(api, `SalesOrders(${order})/quote`);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /^Reserve/ }).click();
  await expect(page.getByText('Held until')).toBeVisible();
  expect((await house.row(api, `SalesOrders?$filter=id eq ${order}`)).reserved).toBe(true);
  expect((await new AxeBuilder({ page }).exclude('.toasts').analyze()).violations).toEqual([]);
  await page.keyboard.press('z');
  await expect(page.getByText('Held until')).toBeHidden();
  await house.run(api, `SalesOrders(${order})/confirm`);
  const confirmed = await house.row(api, `SalesOrders?$filter=id eq ${order}&$expand=lines`);
  expect(confirmed.lines.map((l: { promised_on: string }) => l.promised_on)).toEqual(value.map((v: { on: string }) => v.on));
});
