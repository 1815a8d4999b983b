/** The page of a bill: typed without waiting, changed in place, taken back, revised; and how well its machines are used. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type House, signIn, test } from './house.ts';
import { later, orders, workshop } from './workshop.ts';
import type { APIRequestContext, Page } from '@playwright/test';

type Row = Record<string, any>;

async function billOf(house: House, api: APIRequestContext, product: number): Promise<Row> {
  const expand = 'components($expand=product($select=id,title)),operations';
  return house.row(api, `Bills?$filter=product_id eq ${product}&$orderby=revision desc&$expand=${expand}`);
}

const parts = (bill: Row) => bill.components.map((l: Row) => `${l.quantity} ${l.product.title}${l.scrap_percent ? ` ${l.scrap_percent}%` : ''}`);

async function whole(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).exclude('.toast').analyze()).violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
}

test('what is typed faster than it is looked up is not lost, nor what is not known yet', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  // A slow line: every answer takes longer than a word.
  await page.route(/\/odata\/(\$search|Bills)/, async (route) => {
    await new Promise((done) => setTimeout(done, 400));
    await route.continue();
  });
  await page.goto(`${house.url}/bill`);
  await expect(page.getByRole('combobox', { name: 'What is made?' })).toBeFocused();
  await page.keyboard.type('Tandem');
  await page.getByRole('option', { name: 'New article “Tandem”' }).click();
  // The bill is on its way, and the hands are faster.
  await page.keyboard.type('2 wheel 28\n1 twin frame\n', { delay: 5 });
  await page.keyboard.type('@bike-1 10+45 mount\n3 sp', { delay: 5 });
  await expect(page).toHaveURL(/\/bill\?bill=\d+$/, { timeout: 10_000 });
  const entry = page.getByLabel('Next line of Tandem');
  await expect(entry).toBeFocused();
  await page.keyboard.type('oke 4%\n');
  // A frame of that name is asked for where it stands; the rest waits for nobody.
  await expect(page.getByText('Nothing is called “twin frame” yet.')).toBeVisible();
  await expect(page.getByRole('row', { name: /^Spoke/ })).toBeVisible();
  await whole(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row', { name: /^twin frame/ })).toBeVisible();
  const tandem = (await house.row(api, "Products?$filter=name eq 'Tandem'")).id;
  const bill = await billOf(house, api, tandem);
  expect(parts(bill).sort()).toEqual(['1 twin frame', '2 Wheel 28', '3 Spoke 4%']);
  expect(bill.operations.map((o: Row) => [o.name, o.work_center_id, o.setup_minutes, o.run_minutes])).toEqual([['mount', shop.bench, 10, 45]]);

  // Below a line that is still on its way.
  await page.keyboard.type('1 lamp kit');
  await expect(page.getByRole('option', { name: 'New article “lamp kit”' })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Next line of lamp kit')).toBeFocused();
  await page.keyboard.type('4 spoke\n', { delay: 5 });
  await expect(page.getByRole('row', { name: /^Spoke.*SPOKE/ })).toHaveCount(3);
  const kit = (await house.row(api, "Products?$filter=name eq 'lamp kit'")).id;
  expect(parts(await billOf(house, api, kit))).toEqual(['4 Spoke']);
  // What cannot be a line stays as it was typed, says why, and is corrected there.
  await page.keyboard.type('@nobody 3 hold\n');
  await expect(page.getByText('No work center is called “nobody”.')).toBeVisible();
  await page.getByRole('button', { name: 'Correct it' }).click();
  await expect(page.getByLabel('Next line of lamp kit')).toHaveValue('@nobody 3 hold');
  await page.getByLabel('Next line of lamp kit').fill('@bike-2 0 hold');
  await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
  await page.keyboard.press('Enter');
  await expect(page.getByText('“@bike-2 0 hold” is no line yet.')).toBeVisible();
  // Who looks at something else meanwhile finds it again.
  await page.getByRole('row', { name: /^Close lamp kit/ }).getByRole('link', { name: 'lamp kit' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('lamp kit (1)');
  await page.goBack();
  await expect(page.getByText('“@bike-2 0 hold” is no line yet.')).toBeVisible();
});

test('a bill is read and changed by keys, and each change is taken back', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const bill = await billOf(house, api, shop.bicycle);
  await page.goto(`${house.url}/Bills/${bill.id}`);
  const tree = page.getByRole('region', { name: 'What it is made of' });
  const rows = tree.getByRole('row');
  // Heading, bicycle, wheel, spoke, lace, frame, mount, adjust; 2 × 3.60 + 120 + 90 minutes.
  await expect(rows).toHaveCount(8);
  await expect(page.getByText('168.20').first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(tree.getByRole('row', { name: /^Close Wheel 28/ })).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(rows).toHaveCount(6);
  await page.keyboard.press('ArrowRight');
  await expect(rows).toHaveCount(8);

  // Three wheels instead of two, and back.
  await page.keyboard.press('e');
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await expect.poll(async () => parts(await billOf(house, api, shop.bicycle))).toEqual(['3 Wheel 28', '1 Frame 58']);
  await expect(page.getByText('181.80').first()).toBeVisible();
  await page.keyboard.press('z');
  await expect.poll(async () => parts(await billOf(house, api, shop.bicycle))).toEqual(['2 Wheel 28', '1 Frame 58']);
  await expect(page.getByText('168.20').first()).toBeVisible();
  // Below the frame, one line; taken out again, and back.
  await page.keyboard.press('a');
  await page.keyboard.type('1 bell');
  await expect(page.getByRole('option', { name: 'New article “bell”' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(tree.getByRole('row', { name: /^bell/ })).toBeVisible();
  expect(parts(await billOf(house, api, shop.wheel))).toEqual(['36 Spoke', '1 bell']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  await expect(tree.getByRole('row', { name: /^bell/ })).toHaveCount(0);
  expect(await house.rows(api, "Products?$filter=name eq 'bell'")).toEqual([]);
  await tree.getByRole('button', { name: 'Take Frame 58 out' }).click();
  await expect(tree.getByRole('row', { name: /^Frame 58/ })).toHaveCount(0);
  await page.keyboard.press('z');
  await expect(tree.getByRole('row', { name: /^Frame 58/ })).toBeVisible();
  expect(parts(await billOf(house, api, shop.bicycle))).toEqual(['2 Wheel 28', '1 Frame 58']);

  // Nothing of a component is refused, and the page says so.
  await tree.getByLabel('Quantity of Spoke').fill('0');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The quantity is above zero.')).toBeVisible();
  await whole(page);
});

test('somebody else has changed the bill in between: nothing of theirs is lost', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const bill = await billOf(house, api, shop.bicycle);
  // This screen hears nothing of what others do.
  await page.route('**/api/live*', () => undefined);
  await page.goto(`${house.url}/Bills/${bill.id}`);
  const minutes = page.getByLabel('Minutes of Mount for one');
  await expect(minutes).toHaveValue('30');
  await house.run(api, 'Bills/enter', { product_id: shop.bicycle, operations: [{ name: 'Paint', work_center_id: shop.bench, run_minutes: 5 }] });
  const tree = page.getByRole('region', { name: 'What it is made of' });
  await expect(tree.getByRole('row', { name: /^Paint/ })).toHaveCount(0);
  await minutes.fill('35');
  await page.keyboard.press('Enter');
  // It is told, and sees what is there; then it is as one wants it.
  await expect(tree.getByRole('alert')).toBeVisible();
  await expect(tree.getByRole('row', { name: /^Paint/ })).toBeVisible();
  await expect(minutes).toHaveValue('30');
  await minutes.fill('35');
  await page.keyboard.press('Enter');
  const operations = async () => (await billOf(house, api, shop.bicycle)).operations.map((o: Row) => `${o.name} ${o.run_minutes}`);
  await expect.poll(operations).toEqual(['Mount 35', 'Adjust 10', 'Paint 5']);
});

test('a revision says what it touches before and after it is made', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const bill = await billOf(house, api, shop.wheel);
  const order = await orders(house, api, shop.wheel, 4, later(shop.today, 20));
  await house.run(api, `WorkOrders(${order})/firm`);
  const { number } = await house.row(api, `WorkOrders?$filter=id eq ${order}`);
  await page.goto(`${house.url}/Bills/${bill.id}`);
  const touches = page.getByRole('region', { name: 'What it touches' });
  await expect(touches.getByRole('listitem')).toContainText('Touring bicycle');
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Revise' }).click();
  const panel = page.getByRole('region', { name: 'Revise' });
  await panel.getByRole('textbox').fill('+30');
  await expect(panel).toContainText('Touring bicycle takes 2 of it.');
  await expect(panel).toContainText(`${number} (4) is still made by the old revision.`);
  expect((await billOf(house, api, shop.wheel)).revision).toBe(1);
  await panel.getByRole('button', { name: /^Revise/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Wheel 28 (2)');
  await page.getByRole('button', { name: 'Take Spoke out' }).click();
  await expect(touches).toContainText('Spoke');
  await expect(touches).toContainText(number);
  await whole(page);
});

test('who only reads bills sees the tree, and no field to type into', async ({ page, house }) => {
  await signIn(page, house);
  const shop = await workshop(house, page.request);
  const bill = await billOf(house, page.request, shop.bicycle);
  await signIn(page, house, 'borut');
  await page.goto(`${house.url}/Bills/${bill.id}`);
  const tree = page.getByRole('region', { name: 'What it is made of' });
  await expect(tree.getByRole('row', { name: /Lace/ })).toBeVisible();
  await expect(tree.getByRole('textbox')).toHaveCount(0);
  await expect(tree.getByRole('combobox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Make/ })).toHaveCount(0);
  await page.goto(`${house.url}/bill?product_id=${shop.wheel}&product=Wheel`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Wheel 28 (1)');
});

test('a work center says how well it was used, and why it stood', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const shop = await workshop(house, api);
  const day = later(shop.today, -3);
  const times = { starts_at: `${day}T07:00:00Z`, ends_at: `${day}T09:00:00Z` };
  await house.run(api, 'Downtimes', { work_center_id: shop.wheels, kind: 'breakdown', reason: 'Belt torn', ...times });
  await page.goto(`${house.url}/WorkCenters/${shop.wheels}`);
  const oee = page.getByRole('region', { name: 'How well it is used' });
  await expect(oee).toContainText('Belt torn');
  await expect(oee.getByRole('listitem')).toContainText('2 h');
  await expect(oee).toContainText('Availability');
  await oee.getByRole('button', { name: '13 weeks' }).click();
  await expect(oee.getByRole('button', { name: '13 weeks' })).toHaveAttribute('aria-pressed', 'true');
  await whole(page);
});
