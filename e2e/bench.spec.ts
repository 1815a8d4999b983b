/** The planner's bench, where figures of a proposal are changed in its row. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, signIn, test } from './house.ts';
import { later, sells, workshop } from './workshop.ts';

/** The row of a proposal, made the current one by the keys. */
async function current(page: Page, what: RegExp): Promise<Locator> {
  const row = page.getByRole('table', { name: 'Proposals' }).getByRole('row').filter({ hasText: what }).first();
  await expect(row).toBeVisible();
  for (let i = 0; i < 40 && (await row.getAttribute('aria-current')) !== 'true'; i++) await page.keyboard.press('j');
  await expect(row).toHaveAttribute('aria-current', 'true');
  return row;
}

test('a proposal is changed in its row: quantity, day and supplier, and Enter agrees to them', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const express = (await house.run(api, 'Parties', { name: 'Hitri okvirji', is_supplier: true })).id as number;
  await sells(house, api, shop, 2, later(shop.today, 3));
  await page.goto(`${house.url}/plan`);
  await current(page, /Buy.*Frame 58/);
  await page.keyboard.press('e');
  const table = page.getByRole('table', { name: 'Proposals' });
  const [quantity, day, supplier] = [table.getByLabel('Qty'), table.getByLabel('Day'), table.getByRole('combobox', { name: 'Supplier' })];
  await expect(quantity).toBeFocused();
  await expect(quantity).toHaveValue('2');
  await expect(supplier).toHaveValue('Okvirji Sava');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  // What is refused is said at its field, and nothing is ordered.
  await page.keyboard.type('0');
  await page.keyboard.press('Tab');
  await page.keyboard.type(later(shop.today, -1));
  await page.keyboard.press('Enter');
  await expect(quantity).toHaveAccessibleDescription(/above zero/);
  await expect(day).toHaveAccessibleDescription(/in the past/);
  expect(await house.rows(api, `PurchaseOrders?$filter=supplier_id eq ${express}`)).toEqual([]);
  await supplier.fill('Nobody of this name');
  await page.keyboard.press('Enter');
  await quantity.click();
  await page.keyboard.press('Enter');
  await expect(supplier).toHaveAccessibleDescription(/Nobody of this name/);

  // Somebody else orders meanwhile: the plan is another one, what is typed stays.
  await quantity.fill('7');
  await sells(house, api, shop, 3, later(shop.today, 5));
  await expect(page.getByRole('table', { name: 'Late' }).getByRole('row').filter({ hasText: '1,800.00' })).toBeVisible();
  await expect(quantity).toHaveValue('7');
  await expect(table.locator('tr[aria-current]')).toContainText('Frame 58');

  const on = later(shop.today, 12);
  await day.fill(on);
  await supplier.fill('Hitri');
  await page.getByRole('option', { name: /Hitri okvirji/ }).click();
  await quantity.click();
  await page.keyboard.press('Enter');
  await expect(page.getByText('1 of 1 done, 0 refused')).toBeVisible();
  const bought = await house.rows(api, `PurchaseOrders?$filter=supplier_id eq ${express}&$expand=lines`);
  expect(bought.map((o) => [o.state, o.lines.map((l: any) => [l.product_id, l.quantity, l.expected_on])])).toEqual([
    ['confirmed', [[shop.frame, 7, on]]],
  ]);
  await expect(quantity).toBeHidden();
  await page.keyboard.press('z');
  await expect.poll(async () => (await house.rows(api, `PurchaseOrders?$filter=supplier_id eq ${express}`)).map((o) => o.state)).toEqual(['cancelled']);

  // Escape leaves the row as it was.
  await page.goto(`${house.url}/plan`);
  const wheels = await current(page, /Make.*Wheel 28/);
  const before = await wheels.textContent();
  await page.keyboard.press('e');
  await expect(supplier).toBeHidden();
  await page.keyboard.type('99');
  await page.keyboard.press('Escape');
  await expect(quantity).toBeHidden();
  expect(await wheels.textContent()).toBe(before);
});

test('nothing of a row is cut, at the desk or on the telephone', async ({ page, house }) => {
  await signIn(page, house);
  const shop = await workshop(house, page.request);
  await sells(house, page.request, shop, 123, later(shop.today, 20));
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${house.url}/plan`);
    await expect(page.getByRole('table', { name: 'Proposals' })).toBeVisible();
    await expect(page.getByRole('row').filter({ hasText: /Buy\s*Frame 58/ })).toContainText('123');
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.bench-rows td, .bench-late td')]
        .filter((td) => td.offsetParent && (td.scrollWidth > td.clientWidth || td.getBoundingClientRect().right > window.innerWidth))
        .map((td) => td.innerText),
    );
    expect(cut, `at ${width}`).toEqual([]);
  }
});

test('on the telephone the figures are a small form under the row', async ({ browser, page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  await sells(house, api, shop, 2, later(shop.today, 3));
  const context = await browser.newContext({ storageState: await page.context().storageState(), viewport: { width: 390, height: 800 }, hasTouch: true });
  const phone = await context.newPage();
  await phone.goto(`${house.url}/plan`);
  const table = phone.getByRole('table', { name: 'Proposals' });
  const row = table.getByRole('row').filter({ hasText: /Make.*Touring bicycle/ }).first();
  await row.getByText('Make').tap();
  await phone.getByRole('button', { name: 'Change' }).tap();
  const [quantity, day] = [table.getByLabel('Qty'), table.getByLabel('Day')];
  await expect(quantity).toBeVisible();
  await expect(table.getByText('Qty', { exact: true }).last()).toBeVisible();
  const [name, field] = [await table.getByText('Touring bicycle').first().boundingBox(), await quantity.boundingBox()];
  expect(field?.y ?? 0).toBeGreaterThan(name?.y ?? 0);
  expect((await new AxeBuilder({ page: phone }).analyze()).violations).toEqual([]);
  await quantity.fill('5');
  const on = later(shop.today, 40);
  await day.fill(on);
  await table.getByRole('button', { name: 'Accept' }).tap();
  await expect(phone.getByText('1 of 1 done, 0 refused')).toBeVisible();
  const made = await house.rows(api, `WorkOrders?$filter=product_id eq ${shop.bicycle}`);
  expect(made.map((o) => [o.state, o.quantity, o.due_on])).toEqual([['firm', 5, on]]);
  await context.close();
});

test('a calendar that lost its shifts is named as the reason, and everything else is planned', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const { number } = await house.row(api, `SalesOrders?$filter=id eq ${await sells(house, api, shop, 2, later(shop.today, 40))}`);
  const night = (await house.run(api, 'WorkCalendars', { code: 'NIGHT', name: 'Night shift' })).id as number;
  await house.patch(api, `WorkCenters(${shop.wheels})`, { calendar_id: night });
  await page.goto(`${house.url}/plan`);
  const late = page.getByRole('table', { name: 'Late' }).getByRole('row').filter({ hasText: number });
  await expect(late).toContainText('calendar NIGHT has no shifts');
  await expect(late).toContainText('no date');
  await late.click();
  await expect(page.getByRole('complementary', { name: 'Why' })).toContainText('no date');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.goto(`${house.url}/plan/load`);
  await expect(page.getByRole('row', { name: /^Wheel stand/ }).getByRole('button').first()).toContainText('closed');
});
