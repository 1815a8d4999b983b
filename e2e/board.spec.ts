/** Load, the resource board, and moving an operation on it. */
import { AxeBuilder } from '@axe-core/playwright';
import type { APIRequestContext } from '@playwright/test';
import { expect, type House, signIn, test } from './house.ts';
import { later, sells, stocks, type Workshop, workshop } from './workshop.ts';

type Row = Record<string, any>;

/** Everything is on the shelf; what is to be made of the wheels is ordered, the bicycles are proposed. */
async function ordered(house: House, api: APIRequestContext): Promise<{ shop: Workshop; sale: number; wheels: number }> {
  const shop = await workshop(house, api);
  await stocks(house, api, shop);
  const sale = await sells(house, api, shop, 6, later(shop.today, 6));
  const plan = await (await api.get(`${house.url}/odata/Products/plan(days=400)`)).json();
  const lot = plan.value.find((r: Row) => r.kind === 'make' && r.product_id === shop.wheel);
  const line = { product_id: shop.wheel, quantity: lot.quantity, make: true, start_on: lot.start_on, due_on: lot.due_on };
  const made = await house.run(api, 'Products/accept', { lines: [line] });
  return { shop, sale, wheels: made.result.work_order_ids[0] };
}

async function operationOf(house: House, api: APIRequestContext, order: number): Promise<Row> {
  const found = await house.row(api, `WorkOrders?$filter=id eq ${order}&$expand=operations`);
  return { ...found.operations[0], due_on: found.due_on };
}

const hours = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 3_600_000;

test('load against capacity, and what a bar is made of', async ({ page, house }) => {
  await signIn(page, house);
  const { shop, wheels } = await ordered(house, page.request);
  const { number } = await house.row(page.request, `WorkOrders?$filter=id eq ${wheels}`);
  const { number: order } = await house.row(page.request, `SalesOrders?$orderby=id desc`);
  await page.goto(`${house.url}/plan`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plan');
  await page.keyboard.press('v');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Load');
  await page.keyboard.press('d');
  await expect(page.getByRole('tab', { name: 'Day' })).toHaveAttribute('aria-selected', 'true');
  // Twelve wheels at twenty minutes: four hours firm, of eight in a day.
  const load = await (await page.request.get(`${house.url}/odata/Products/load(bucket_days=1,count=14)`)).json();
  const center = load.value.find((r: Row) => r.work_center_id === shop.wheels);
  const sum = (what: string) => center.buckets.reduce((all: number, b: Row) => all + b[what], 0);
  expect([sum('firm'), sum('released'), center.buckets[1].capacity]).toEqual([4, 0, 8]);
  const bar = page.getByRole('row', { name: /^Wheel stand/ }).getByRole('button', { name: /\d %/ }).filter({ hasNotText: '–' }).first();
  await bar.click();
  const inside = page.getByRole('complementary', { name: 'What the bar is made of' });
  await expect(inside.getByRole('link', { name: number })).toBeVisible();
  await expect(inside).toContainText('Studio');
  await expect(inside.getByRole('link', { name: order }).first()).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // The address holds it.
  await page.reload();
  await expect(inside.getByRole('link', { name: number })).toBeVisible();
  await page.keyboard.press('b');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Board');
});

test('rough-cut capacity says whether it fits at all, and which end items make a bar', async ({ page, house }) => {
  await signIn(page, house);
  const { shop, sale } = await ordered(house, page.request);
  const { number } = await house.row(page.request, `SalesOrders?$filter=id eq ${sale}`);
  await page.goto(`${house.url}/plan/load`);
  await expect(page.getByRole('tab', { name: 'Detailed' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('r');
  await expect(page.getByRole('tab', { name: 'Rough-cut' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('tab', { name: 'Month' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/^It fits\. Fullest: /)).toBeVisible();
  // Six bicycles: ten minutes and half an hour each on the bench, whatever is ordered of their wheels.
  const cut = await (await page.request.get(`${house.url}/odata/Products/rough_cut(bucket_months=1,count=12)`)).json();
  const center = cut.value.find((r: Row) => r.work_center_id === shop.bench);
  const needed = center.buckets.reduce((all: number, b: Row) => all + b.past_due + b.orders, 0);
  expect(needed).toBeCloseTo(3.17, 2);
  const bar = page.getByRole('row', { name: /^Bicycle bench/ }).getByRole('button', { name: /\d %/ }).filter({ hasNotText: '–' }).first();
  await bar.click();
  const inside = page.getByRole('complementary', { name: 'What the bar is made of' });
  await expect(inside.getByRole('link', { name: 'Touring bicycle' })).toBeVisible();
  await expect(inside.getByRole('link', { name: number })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.reload();
  await expect(inside.getByRole('link', { name: number })).toBeVisible();
  // A thousand of them by the end of next month: too much for one bench, and it says where.
  await sells(house, page.request, shop, 1000, later(shop.today, 60));
  await expect(page.getByText(/^It does not fit/)).toContainText('Bicycle bench');
  await page.keyboard.press('q');
  await expect(page.getByRole('columnheader', { name: /^Q\d \d{4}/ })).toHaveCount(4);
  // Back to what is planned: there it is never too much, only late.
  await page.keyboard.press('r');
  await expect(page.getByRole('tab', { name: 'Week' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText(/^It does not fit/)).toBeHidden();
});

test('an operation is moved by keys: what it breaks is said before, and z takes it back', async ({ page, house }) => {
  await signIn(page, house);
  const { wheels } = await ordered(house, page.request);
  const before = await operationOf(house, page.request, wheels);
  await page.goto(`${house.url}/plan/board?op=w${wheels}-10`);
  const side = page.getByRole('complementary', { name: 'Operation' });
  await expect(side).toContainText('Wheel 28');
  await expect(side).toContainText('Studio');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // Ten days later the bicycles cannot be there in time, and it says so before anything is done.
  for (let i = 0; i < 10; i++) await page.keyboard.press('Shift+ArrowRight');
  await expect(side.getByText(/1 order line gets later/)).toBeVisible();
  await expect(side.getByText(/Studio.*Touring bicycle, \d+ days? late/)).toBeVisible();
  expect((await operationOf(house, page.request, wheels)).starts_at).toBe(before.starts_at);
  await page.keyboard.press('Escape');
  await expect(side.getByText(/gets later/)).toBeHidden();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Moved: Wheel 28.')).toBeVisible();
  const after = await operationOf(house, page.request, wheels);
  expect(hours(after.starts_at, before.starts_at)).toBeGreaterThanOrEqual(1);
  // What the planner moved stays where it was put.
  await page.reload();
  expect((await operationOf(house, page.request, wheels)).starts_at).toBe(after.starts_at);
  await page.goto(`${house.url}/plan/board?op=w${wheels}-10`);
  await expect(side).toContainText('Wheel 28');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Moved: Wheel 28.')).toBeVisible();
  await page.keyboard.press('z');
  await expect.poll(async () => (await operationOf(house, page.request, wheels)).starts_at).toBe(after.starts_at);
});

test('an operation is dragged: refused where the machine is closed, accepted where there is room', async ({ page, house }) => {
  await signIn(page, house);
  const { shop } = await ordered(house, page.request);
  await page.goto(`${house.url}/plan/board?zoom=day&from=${later(shop.today, 4)}`);
  const bar = page.getByRole('region', { name: 'Bicycle bench' }).getByRole('button', { name: /^Mount, Touring bicycle/ });
  await bar.scrollIntoViewIfNeeded();
  const box = await bar.boundingBox();
  const lane = await page.getByRole('region', { name: 'Bicycle bench' }).boundingBox();
  if (!box || !lane) throw new Error('no bar on the board');
  const hour = lane.width / 72;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  // Twelve hours on is the night.
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 6 * hour, y, { steps: 4 });
  await page.mouse.move(x - 10 * hour, y, { steps: 4 });
  await expect(page.getByText(/Bicycle bench is closed until/)).toBeVisible();
  await page.mouse.move(x - hour, y, { steps: 4 });
  await expect(page.getByText('Nobody gets anything later.')).toBeVisible();
  await page.mouse.up();
  await expect(page.getByText(/Accepted: Touring bicycle is a work order now/)).toBeVisible();
  const made = await house.row(page.request, `WorkOrders?$filter=product_id eq ${shop.bicycle}&$expand=operations`);
  expect([made.state, made.quantity, made.operations.map((o: Row) => o.name)]).toEqual(['firm', 6, ['Mount', 'Adjust']]);
  expect(made.operations.every((o: Row) => o.starts_at && o.ends_at)).toBe(true);
  // Taken off again.
  await page.keyboard.press('z');
  await expect.poll(async () => (await house.row(page.request, `WorkOrders?$filter=id eq ${made.id}`)).state).toBe('cancelled');
});

test('work goes to another machine only where that one does the same', async ({ page, house }) => {
  await signIn(page, house);
  const { shop, wheels } = await ordered(house, page.request);
  const week = (await house.row(page.request, "WorkCalendars?$filter=code eq 'BIKES'")).id;
  const second = { code: 'BIKE-9', name: 'Second wheel stand', calendar_id: week, hourly_cost: 30, parent_id: shop.wheels };
  const other = (await house.run(page.request, 'WorkCenters', second)).id;
  const operation = await operationOf(house, page.request, wheels);
  const ask = async (center: number) =>
    (await page.request.get(`${house.url}/odata/Products/moved(operation_id=${operation.id},work_center_id=${center})`)).json();
  expect((await ask(shop.bench)).no.code).toBe('supply.no_alternate');
  await page.goto(`${house.url}/plan/board?op=w${wheels}-10`);
  await expect(page.getByRole('region', { name: 'Second wheel stand' })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText('Nobody gets anything later.')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await operationOf(house, page.request, wheels)).work_center_id).toBe(other);
});
