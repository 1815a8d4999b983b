/** Maintenance: what is due at a work center, its time on the board, and that it was done. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, signIn, test } from './house.ts';
import { later, workshop } from './workshop.ts';

test('a work center says what maintenance is due; the board leaves time for it; it is done with its parts', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const parts = [{ product_id: shop.spoke, quantity: 4 }];
  const plan = { name: 'New belt', work_center_id: shop.bench, every_days: 2, minutes: 90, last_done_on: later(shop.today, -6), parts };
  const id = (await house.run(api, 'Maintenances', plan)).id as number;
  await page.goto(`${house.url}/WorkCenters/${shop.bench}`);
  const due = page.getByRole('region', { name: 'Maintenance' });
  await expect(due).toContainText('by the calendar');
  await expect(due).toContainText('4 days overdue');
  await expect(due).toContainText('not in stock: 4 ×');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // It has its time on the board, which leads to the plan of it.
  await page.goto(`${house.url}/plan/board`);
  await page.getByRole('link', { name: 'New belt' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New belt');
  await expect(due).toContainText('4 days overdue');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // Done, with parts that have come meanwhile.
  const lines = [{ product_id: shop.spoke, counted: 10, unit_cost: 0.2 }];
  const count = (await house.run(api, 'StockCounts', { kind: 'opening', lines })).id;
  await house.run(api, `StockCounts(${count})/post`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Done' }).click();
  await expect(page.getByRole('textbox', { name: 'Stood for, minutes' })).toBeVisible();
  // One spoke more than planned was used.
  const used = page.getByRole('region', { name: 'Done: what would happen' }).getByRole('textbox', { name: /Quantity, / });
  await expect(used.first()).toHaveValue('4');
  await used.first().fill('5');
  await used.first().press('Tab');
  await page.keyboard.press('Control+Enter');
  await expect(due).not.toContainText('overdue');
  const [record] = await house.rows(api, `MaintenanceRecords?$filter=maintenance_id eq ${id}`);
  expect([record.done_on, record.minutes, record.cost]).toEqual([shop.today, 90, 1]);
});
