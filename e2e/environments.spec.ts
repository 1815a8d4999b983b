/** What is engineered to order: from the order to the bill that is drawn for it, and to the work order by that bill. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, signIn, test } from './house.ts';
import { later, sells, stocks, workshop } from './workshop.ts';

async function whole(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).exclude('.toast').analyze()).violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
}

test('what is engineered is drawn from its order, released, and made by its own bill', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  await stocks(house, api, shop);
  // The article says how orders for it are answered.
  await page.goto(`${house.url}/Products/${shop.bicycle}`);
  await expect(page.getByLabel('Engineering, working days')).toHaveCount(0);
  await page.getByLabel('Manufacturing environment').selectOption({ label: 'Engineer to order' });
  await page.getByLabel('Engineering, working days').fill('6');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await house.row(api, `Products?$filter=id eq ${shop.bicycle}`)).engineering_days).toBe(6);

  // The order desk counts the days of the drawing, though everything lies there.
  await page.goto(`${house.url}/order-desk?customer_id=${shop.customer}&customer=Studio`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.type('2 bike-3');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('table', { name: 'Lines' }).getByRole('row').nth(1)).toContainText('engineering of Touring bicycle');

  const order = await sells(house, api, shop, 2, later(shop.today, 2));
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${order}`);
  // The bench says what it waits for, and since when.
  await page.goto(`${house.url}/plan`);
  const row = page.getByRole('table', { name: 'Proposals' }).getByRole('row').filter({ hasText: 'Engineer' }).filter({ hasText: number });
  await row.click();
  await expect(page.getByText(`The bill for ${number}, line 1, is not released`)).toBeVisible();
  await whole(page);

  // It is drawn from the order: begun as the standard one, and changed.
  await page.goto(`${house.url}/SalesOrders/${order}`);
  const made = page.getByRole('region', { name: 'Made for this order' });
  await expect(made).toContainText('Engineer to order');
  await whole(page);
  await made.getByRole('button', { name: 'Draw the bill' }).click();
  await expect(page).toHaveURL(/\/Bills\/\d+$/);
  const bill = Number(page.url().split('/').at(-1));
  await expect(page.getByText('not released: until then the order is planned by the standard bill')).toBeVisible();
  await expect(page.getByRole('link', { name: number })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make' })).toHaveCount(0);
  const entry = page.getByLabel('Next line of Touring bicycle');
  await entry.click();
  await page.keyboard.type('3 spoke');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await house.row(api, `Bills?$filter=id eq ${bill}&$expand=components`)).components.length).toBe(3);
  await expect(page.getByRole('button', { name: /^Release/ })).toBeVisible();
  await whole(page);
  await page.getByRole('button', { name: /^Release/ }).click();
  await expect(page.getByText(/released on .*; the order is made by it/)).toBeVisible();

  // From now on the plan makes it, by that bill and for that order.
  await page.goto(`${house.url}/plan`);
  const make = page.getByRole('table', { name: 'Proposals' }).getByRole('row').filter({ hasText: 'Touring bicycle' });
  await expect(make).toContainText('Make');
  await make.click();
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 of 1 done, 0 refused')).toBeVisible();
  const [work] = await house.rows(api, `WorkOrders?$filter=product_id eq ${shop.bicycle}&$expand=components`);
  expect([work.bill_id, work.order_id, work.quantity]).toEqual([bill, order, 2]);
  expect(work.components.map((c: { product_id: number; quantity: number }) => [c.product_id, c.quantity])).toContainEqual([shop.spoke, 6]);
  await page.goto(`${house.url}/WorkOrders/${work.id}`);
  await expect(page.getByText('Made for').first()).toBeVisible();
  await expect(page.getByRole('link', { name: number })).toBeVisible();
  await whole(page);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(made.getByRole('link', { name: work.number })).toBeVisible();
  await expect(made.getByRole('link', { name: /^Bill 2, released/ })).toBeVisible();

  // The standard is what it was.
  const standard = await house.row(api, `Bills?$filter=product_id eq ${shop.bicycle} and revision eq 1&$expand=components`);
  expect(standard.components.length).toBe(2);
});
