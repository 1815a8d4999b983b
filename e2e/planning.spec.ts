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
  await page.keyboard.press('k');
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
