/** Whoever reads Slovenian reads the steps of processes in it too; the diagrams stay drawn in English. */
import { expect, signIn, test } from './house.ts';

const ENGLISH = /Pick and ship|Receive the goods|Invoice what was delivered|Order to cash|Procure to pay|Lead to order|Follow up/;

test('steps, tasks and cases in Slovenian', async ({ page, house }) => {
  await signIn(page, house);
  const session = await (await page.request.get(`${house.url}/api/session`)).json();
  const spoken = await page.request.patch(`${house.url}/api/session`, { data: { language: 'sl' }, headers: { 'x-csrf': session.csrf } });
  expect(spoken.ok()).toBe(true);
  await page.goto(`${house.url}/today`);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expect(page.getByText('Prevzemi blago').or(page.getByText('Izberi in odpremi')).first()).toBeVisible();
  expect(await page.locator('main').innerText()).not.toMatch(ENGLISH);

  await page.goto(`${house.url}/Tasks`);
  await expect(page.getByRole('row').nth(3)).toBeVisible();
  expect(await page.locator('main').innerText()).not.toMatch(ENGLISH);

  const stopped = (await house.row(page.request, "Cases?$filter=state eq 'stopped'")).id as number;
  await page.goto(`${house.url}/Cases/${stopped}`);
  await expect(page.locator('.djs-container')).toBeVisible();
  await expect(page.locator('.djs-container').getByText('Zaračunaj', { exact: false }).or(page.locator('.djs-container').getByText('Plačilo')).first()).toBeVisible();
  expect(await page.locator('main').innerText()).not.toMatch(ENGLISH);
  // The way that the token took is told from the ways that it did not.
  expect(await page.locator('.djs-connection.walked').count()).toBeGreaterThan(0);

  const order = (await house.row(page.request, "SalesOrders?$filter=state eq 'confirmed'")).id as number;
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('link', { name: 'Od naročila do plačila' })).toBeVisible();
  expect(await page.locator('main').innerText()).not.toMatch(ENGLISH);
});
