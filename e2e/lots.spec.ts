/** Lots at the threshold and on their own pages: numbers and dates that come, what goes first, where it came from. */
import { AxeBuilder } from '@axe-core/playwright';
import { statement } from './bank.ts';
import { expect, signIn, test } from './house.ts';
import { later } from './workshop.ts';

test('a lot comes with its date, what expires first goes first, and its page says where it went', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const today = (await (await api.get(`${house.url}/api/session`)).json()).today as string;
  const unit = (await house.row(api, 'Units')).id;
  const milk = (await house.run(api, 'Products', { code: 'MILK', name: 'Fresh milk', unit_id: unit, list_price: 2, standard_cost: 1, tracked_by: 'lot', shelf_life_days: 10 })).id;
  const farm = (await house.run(api, 'Parties', { name: 'Kmetija Polje', is_supplier: true })).id;
  const bought = async () => {
    const order = (await house.run(api, 'PurchaseOrders', { supplier_id: farm, lines: [{ product_id: milk, quantity: 10, unit_price: 1 }] })).id;
    await house.run(api, `PurchaseOrders(${order})/confirm`, {});
    return order as number;
  };
  // Nothing is typed: the lot is numbered, and its date follows from the shelf life.
  const first = await bought();
  await house.run(api, `PurchaseOrders(${first})/receive`, {});
  // The second comes with its own number, and sooner to expire.
  await page.goto(`${house.url}/receive?order=${await bought()}`);
  await page.getByLabel('Lot of Fresh milk').fill('M-77');
  await page.getByLabel('Expiry of Fresh milk').fill(later(today, 3));
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: /^All received/ }).click();
  await expect(page.getByRole('status').filter({ hasText: 'received' }).or(page.getByText(/PO.* received/)).first()).toBeVisible();
  // What goes out takes it first.
  const customer = (await house.row(api, "Parties?$filter=startswith(name,'Studio')")).id;
  const order = (await house.run(api, 'SalesOrders', { customer_id: customer, lines: [{ product_id: milk, quantity: 12, unit_price: 2 }] })).id;
  await house.run(api, `SalesOrders(${order})/confirm`, {});
  await page.goto(`${house.url}/ship?order=${order}`);
  const lots = page.getByRole('list', { name: 'Lots to take' }).getByRole('listitem');
  await expect(lots).toHaveCount(2);
  await expect(lots.first()).toContainText('M-77 × 10');
  await page.getByRole('button', { name: /^Ship all/ }).click();
  await expect(page.getByText(/shipped/).first()).toBeVisible();
  // The list of what expires soon, and the page of a lot.
  await page.goto(`${house.url}/Lots`);
  await page.getByRole('tab', { name: 'Expires within 30 days' }).or(page.getByRole('link', { name: 'Expires within 30 days' })).or(page.getByRole('button', { name: 'Expires within 30 days' })).first().click();
  await expect(page.getByText('Fresh milk')).toBeVisible();
  await expect(page.getByText('M-77')).toHaveCount(0);
  const lot = await house.row(api, "Lots?$filter=lot eq 'M-77'");
  await page.goto(`${house.url}/Lots/${lot.id}`);
  await expect(page.getByRole('region', { name: 'Came from' })).toContainText('Kmetija Polje');
  await expect(page.getByRole('region', { name: 'Went to' })).toContainText('Studio');
  await expect(page.getByRole('region', { name: 'Where it lies' })).toContainText('Nothing of it is here any more.');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('what expires unused stands on the bench, with the way to its lots', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const today = (await (await api.get(`${house.url}/api/session`)).json()).today as string;
  const unit = (await house.row(api, 'Units')).id;
  const yeast = (await house.run(api, 'Products', { code: 'YEAST', name: 'Yeast', unit_id: unit, list_price: 5, standard_cost: 2, tracked_by: 'lot', safety_stock: 1 })).id;
  const location_id = (await house.row(api, 'Locations')).id;
  const count = (await house.run(api, 'StockCounts', { kind: 'opening', location_id, lines: [{ product_id: yeast, lot: 'Y1', counted: 50, unit_cost: 2, expires_on: later(today, 5) }] })).id;
  await house.run(api, `StockCounts(${count})/post`, {});
  await page.goto(`${house.url}/plan`);
  const row = page.getByRole('row').filter({ hasText: 'Yeast' }).filter({ hasText: 'Expires' });
  await expect(row).toContainText('100.00');
  await row.getByRole('link', { name: 'its lots' }).click();
  await expect(page.getByText('Y1')).toBeVisible();
  await page.goto(`${house.url}/plan/${yeast}`);
  await expect(page.getByText(/50 until/)).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
});

test('rejected goods go back from their inspection, and the order is open for them again', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const unit = (await house.row(api, 'Units')).id;
  const hub = (await house.run(api, 'Products', { code: 'HUB', name: 'Front hub', unit_id: unit, list_price: 30, standard_cost: 8 })).id;
  const maker = (await house.run(api, 'Parties', { name: 'Pesta Maribor', is_supplier: true })).id;
  const order = (await house.run(api, 'PurchaseOrders', { supplier_id: maker, lines: [{ product_id: hub, quantity: 10, unit_price: 8 }] })).id;
  await house.run(api, `PurchaseOrders(${order})/confirm`, {});
  await house.run(api, `PurchaseOrders(${order})/receive`, { blocked: true });
  const held = await house.row(api, `Inspections?$filter=product_id eq ${hub}`);
  await page.goto(`${house.url}/Inspections/${held.id}`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /^Return to the supplier/ }).click();
  await page.getByLabel('Quantity').last().fill('4');
  await page.getByLabel('Reason').last().fill('Rust');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await expect.poll(async () => (await house.row(api, `Inspections?$filter=id eq ${held.id}`)).returned).toBe(4);
  const back = await house.row(api, "Receipts?$filter=kind eq 'return'&$expand=lines");
  expect([back.lines[0].quantity, back.lines[0].net]).toEqual([-4, -32]);
  expect((await house.row(api, `PurchaseOrders?$filter=id eq ${order}`)).to_receive).toBe(4);
});

test('a supplier pays rejected goods back, and the bank page proposes his credit note', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const account = (await house.row(api, 'Accounts')).id;
  const maker = (await house.run(api, 'Parties', { name: 'Pesta Maribor', is_supplier: true })).id;
  const lines = [{ text: 'Hubs sent back', quantity: -4, unit_price: 8, account_id: account }];
  const credit = (await house.run(api, 'SupplierInvoices', { supplier_id: maker, supplier_number: 'DOB-77', lines })).id;
  await house.run(api, `SupplierInvoices(${credit})/post`, {});
  const { open } = await house.row(api, `SupplierInvoices?$filter=id eq ${credit}`);
  expect(open).toBeLessThan(0);
  const today = new Date().toISOString().slice(0, 10);
  const content = statement(today, 'PESTA MARIBOR', 'DOB-77', -open).replace('S-', 'S77-');
  await house.run(api, 'BankStatements/import_camt', { content });
  await page.goto(`${house.url}/money`);
  await page.getByText('PESTA MARIBOR').first().click();
  const proposal = page.getByRole('button', { name: /DOB-77/ });
  await expect(proposal).toContainText('the reference names it');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await house.row(api, `SupplierInvoices?$filter=id eq ${credit}`)).open).toBe(0);
});
