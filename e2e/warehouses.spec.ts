/** Two warehouses: chosen where there are two, fetched from one another, received short. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type House, signIn, test } from './house.ts';
import type { APIRequestContext } from '@playwright/test';

/** A second warehouse that fetches from the first, and an article of which the first has ten. */
async function two(house: House, api: APIRequestContext) {
  const first = await house.row(api, 'Warehouses?$orderby=id');
  const second = await house.run(api, 'Warehouses', {
    code: 'MB',
    name: 'Maribor',
    supplied_from_id: first.id,
    transfer_days: 0,
    locations: [{ code: 'A', name: 'Shelf' }],
  });
  const unit = await house.row(api, "Units?$filter=code eq 'C62'");
  const bolt = await house.run(api, 'Products', { code: 'BOLT-2', name: 'Hex bolt', unit_id: unit.id, list_price: 10, standard_cost: 4, is_sold: true });
  const count = await house.run(api, 'StockCounts', { kind: 'opening', lines: [{ product_id: bolt.id, counted: 10, unit_cost: 4 }] });
  await house.run(api, `StockCounts(${count.id})/post`);
  const customer = await house.run(api, 'Parties', {
    name: 'Studio Drava',
    is_customer: true,
    addresses: [{ kind: 'office', street: 'Cesta', house_number: '5', postal_code: '2000', town: 'Maribor' }],
  });
  return { first, second, bolt, customer };
}

test('with one warehouse nobody is asked which', async ({ page, house }) => {
  await signIn(page, house);
  await page.goto(`${house.url}/order-desk`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByLabel('Wanted by')).toBeVisible();
  await expect(page.getByLabel('Shipped from')).toHaveCount(0);
  await page.goto(`${house.url}/ProductStocks`);
  await expect(page.getByRole('columnheader', { name: 'On hand' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Warehouse' })).toHaveCount(0);
});

test('with one warehouse no transfer order is offered, with two it is', async ({ page, house }) => {
  await signIn(page, house);
  const offered = async () => {
    await page.goto(`${house.url}/TransferOrders`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Transfer orders');
    return page.getByRole('button', { name: /^New transfer order/i });
  };
  await expect(await offered()).toHaveCount(0);
  await expect(page.getByText('there is only one: add a warehouse first')).toBeVisible();
  const option = page.getByRole('option', { name: /New transfer order/i });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('transfer order');
  await expect(page.getByRole('option', { name: /Transfer orders/ }).first()).toBeVisible();
  await expect(option).toHaveCount(0);
  // Whoever has the address is told what to do, and led there.
  await page.goto(`${house.url}/TransferOrders/new`);
  await expect(page.getByRole('button', { name: 'Create' })).toHaveCount(0);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: 'New warehouse' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New Warehouse');
  await two(house, page.request);
  await expect((await offered()).first()).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('transfer order');
  await expect(option.first()).toBeVisible();
});

test('an order in the second warehouse is fetched from the first, and what is lost on the way is said', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const { first, second, bolt, customer } = await two(house, api);
  await page.goto(`${house.url}/order-desk?customer_id=${customer.id}&customer=Studio`);
  await page.getByLabel('Shipped from').selectOption('Maribor');
  await page.getByRole('combobox', { name: 'Quantity and article' }).fill('6 bolt-2');
  await page.keyboard.press('Enter');
  const line = page.getByRole('table', { name: 'Lines' }).getByRole('row').nth(1);
  await expect(line).toContainText('0 free');
  await expect(line).toContainText(`10 free in ${first.name}`);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(/SalesOrders\/\d+/);
  const order = await house.row(api, `SalesOrders?$filter=customer_id eq ${customer.id}`);
  expect([order.state, order.warehouse_id]).toEqual(['confirmed', second.id]);

  // The bench fetches it.
  await page.goto(`${house.url}/plan`);
  const row = page.getByRole('table', { name: 'Proposals' }).getByRole('row').filter({ hasText: 'Hex bolt' });
  await expect(row).toContainText('Fetch');
  await expect(row).toContainText('Maribor');
  await expect(row).toContainText(String(first.name));
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: /^Accept 1 proposal/ }).click();
  await expect(page.getByText('1 of 1 done, 0 refused')).toBeVisible();
  const transfer = await house.row(api, `TransferOrders?$filter=to_warehouse_id eq ${second.id}`);
  expect(transfer.state).toBe('confirmed');

  // What it is for stands on the page of the product there.
  await page.goto(`${house.url}/plan/${bolt.id}?warehouse=${second.id}`);
  await expect(page.getByLabel('Warehouse', { exact: true })).toHaveValue(String(second.id));
  await expect(page.getByRole('region', { name: /whom it serves/ })).toContainText(transfer.number);

  await page.goto(`${house.url}/TransferOrders/${transfer.id}`);
  // Tried beforehand: what it would do stands on the page.
  await expect(page.getByText('6 × Hex bolt leaves for Maribor.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'If it arrives later by' })).toBeVisible();
  await page.getByRole('button', { name: /^Ship/ }).click();
  await expect(page.getByRole('heading', { name: 'What has arrived' })).toBeVisible();
  await page.goto(`${house.url}/Warehouses/${second.id}`);
  await expect(page.getByRole('region', { name: 'On its way here' })).toContainText(transfer.number);
  await expect(page.getByRole('region', { name: 'What is there' })).toContainText('Hex bolt');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  // Five of six arrived.
  await page.goto(`${house.url}/TransferOrders/${transfer.id}`);
  await page.getByLabel('Arrived: Hex bolt').fill('5');
  await page.getByLabel('Why the rest did not arrive').fill('The box was open');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByRole('button', { name: 'Receive this' }).click();
  await expect.poll(async () => (await house.row(api, `TransferOrders?$filter=id eq ${transfer.id}`)).state).toBe('received');
  const there = await house.row(api, `ProductStocks?$filter=product_id eq ${bolt.id} and warehouse_id eq ${second.id}`);
  expect([there.on_hand, there.pegged, there.value]).toEqual([5, 5, 20]);
  await page.goto(`${house.url}/ProductStocks`);
  await expect(page.getByRole('columnheader', { name: 'Warehouse' })).toBeVisible();
});

test('what has left another warehouse waits beside what suppliers bring', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const { first, second, bolt } = await two(house, api);
  const transfer = await house.run(api, 'TransferOrders', {
    from_warehouse_id: first.id,
    to_warehouse_id: second.id,
    lines: [{ product_id: bolt.id, quantity: 6 }],
  });
  await house.run(api, `TransferOrders(${transfer.id})/confirm`);
  await page.goto(`${house.url}/receive`);
  const expected = page.getByRole('region', { name: 'Expected' });
  await expect(expected.getByRole('button', { name: /PO20/ })).toBeVisible();
  await expect(expected.getByRole('button', { name: /Maribor/ })).toHaveCount(0);
  await house.run(api, `TransferOrders(${transfer.id})/ship`);
  await page.reload();
  const row = await house.row(api, `TransferOrders?$filter=id eq ${transfer.id}`);
  await expect(expected.getByRole('button', { name: /PO20/ })).toBeVisible();
  await expected.getByRole('button', { name: `${row.number} → Maribor` }).click();
  await expect(page.getByText('6 × Hex bolt is there.')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await expect.poll(async () => (await house.row(api, `TransferOrders?$filter=id eq ${transfer.id}`)).state).toBe('received');
  // Its paper went with it.
  await page.goto(`${house.url}/TransferOrders/${transfer.id}`);
  const paper = await api.get(`${house.url}${await page.getByRole('link', { name: /Transfer note, PDF/ }).getAttribute('href')}`);
  expect([paper.status(), paper.headers()['content-type']]).toEqual([200, 'application/pdf']);
});

test('the story of a delivery names the places from which it leaves', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const { second, bolt, customer } = await two(house, api);
  const order = await house.run(api, 'SalesOrders', { customer_id: customer.id, lines: [{ product_id: bolt.id, quantity: 1 }] });
  await house.run(api, `SalesOrders(${order.id})/confirm`);
  const draft = await house.row(api, `Deliveries?$filter=order_id eq ${order.id}`);
  const shelf = await house.row(api, `Warehouses?$filter=id eq ${second.id}&$expand=locations`);
  await house.patch(api, `Deliveries(${draft.id})`, { location_id: shelf.locations[0].id });
  await page.goto(`${house.url}/Deliveries/${draft.id}`);
  const story = page.getByRole('region', { name: 'Story' });
  await expect(story.getByText('Shelf', { exact: false }).first()).toBeVisible();
  await expect(story.getByText(String(shelf.locations[0].id), { exact: true })).toHaveCount(0);
});
