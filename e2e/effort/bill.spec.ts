/** Making: a bill of two levels with its operations is typed, and one is made through the work orders of both. */
import type { APIRequestContext } from '@playwright/test';
import { expect, type House, signIn, test } from '../house.ts';
import { WAYS } from './budget.ts';
import type { Person } from './recorder.ts';

type Row = Record<string, any>;

/** Two work centers, and on the shelf what the cart and its wheels are made of. */
async function workshop(house: House, api: APIRequestContext): Promise<void> {
  const make = async (set: string, body: Row) => (await house.run(api, set, body)).id as number;
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const shifts = days.map((weekday) => ({ weekday, starts_at: '06:00', ends_at: '14:00' }));
  const week = await make('WorkCalendars', { code: 'CARTS', name: 'Every day', shifts });
  for (const [code, name] of [['CARTS', 'Cart bench'], ['LACING', 'Wheel stand']])
    await make('WorkCenters', { code, name, calendar_id: week, hourly_cost: 30 });
  const unit = (await house.row(api, 'Units')).id;
  for (const [code, name, cost] of [['RIM-20', 'Rim 20', 8], ['AXLE-20', 'Axle 20', 5], ['CHASSIS', 'Chassis', 40]]) {
    const product = await make('Products', { code, name, unit_id: unit, standard_cost: cost });
    const count = await make('StockCounts', { kind: 'opening', lines: [{ product_id: product, counted: 10, unit_cost: cost }] });
    await house.run(api, `StockCounts(${count})/post`);
  }
}

const ENTRY = /^Next line of/;

/** A line, with the one key or click that ends it; `taken` is what the list calls it. */
async function enters(person: Person, text: string, taken?: string | RegExp): Promise<void> {
  const { page, way } = person;
  await person.type(text);
  if (way === 'keyboard') return person.press('Enter');
  if (taken) return person.click(page.getByRole('option', { name: taken }));
  await person.click(page.getByRole('button', { name: 'Add', exact: true }));
}

for (const way of WAYS)
  test(`a bill of two levels is typed, and one is made of it: ${way}`, async ({ at, house }) => {
    test.setTimeout(180_000);
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    await workshop(house, page.request);
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

    await person.begins();
    if (way === 'keyboard') for (const k of ['g', 'a']) await person.press(k);
    else await person.goes('Production', 'Bill desk');
    await expect(page.getByLabel('What is made?')).toBeFocused();
    await enters(person, 'Handcart', 'New article “Handcart”');
    await expect(page.getByLabel(ENTRY)).toBeFocused();

    // The wheels have a bill of their own, which begins with what is typed below them.
    await enters(person, '2 wheel pair', 'New article “wheel pair”');
    if (way === 'keyboard') await person.press('Tab');
    else await person.click(page.getByRole('button', { name: 'Below the line above' }));
    await enters(person, '2 rim 20', /^Rim 20/);
    await enters(person, '1 axle', /^Axle 20/);
    await enters(person, '@lacing 5+20 lace');
    if (way === 'keyboard') await person.press('Shift+Tab');
    else await person.click(page.getByRole('button', { name: 'A level up' }));
    await enters(person, '1 chassis', /^Chassis/);
    await enters(person, '@carts 10+30 mount');
    await expect(page.getByRole('row', { name: /mount/ })).toBeVisible();

    // Orders of both levels, released.
    if (way === 'keyboard') {
      await person.press('Control+Enter');
      await person.press('Enter');
    } else {
      await person.click(page.getByRole('button', { name: /^Make( N)?$/ }));
      await person.click(page.getByRole('button', { name: /^Make and release/ }));
    }
    await expect(page.getByRole('heading', { name: 'wheel pair' })).toBeVisible();

    // The shop floor: begun and done, the wheels first.
    for (const what of ['lace', 'mount']) {
      await expect(page.getByText(`Operation 1 of 1: ${what}`)).toBeVisible();
      if (way === 'keyboard') for (const k of ['Enter', 'Enter']) await person.press(k);
      else {
        await person.click(page.getByRole('button', { name: 'Start', exact: true }));
        await person.click(page.getByRole('button', { name: /^All \d good$/ }));
      }
    }
    await expect(page.getByText('1 × Handcart into stock')).toBeVisible();
    person.ends('make-one');

    const [cart, wheels] = await Promise.all(
      ["name eq 'Handcart'", "name eq 'wheel pair'"].map((f) => house.row(page.request, `Products?$filter=${f}`)),
    );
    const bill = async (of: Row) =>
      house.row(page.request, `Bills?$filter=product_id eq ${of.id}&$expand=components,operations`);
    const lines = (b: Row) => [b.components.map((l: Row) => l.quantity), b.operations.map((o: Row) => [o.name, o.setup_minutes, o.run_minutes])];
    expect(lines(await bill(cart as Row))).toEqual([[2, 1], [['mount', 10, 30]]]);
    expect(lines(await bill(wheels as Row))).toEqual([[2, 1], [['lace', 5, 20]]]);
    const orders = await house.rows(page.request, `WorkOrders?$filter=product_id eq ${cart?.id} or product_id eq ${wheels?.id}&$orderby=quantity`);
    expect(orders.map((o) => [o.state, o.quantity, o.completed])).toEqual([['completed', 1, 1], ['completed', 2, 2]]);
    const stock = async (of: Row) => (await house.row(page.request, `ProductStocks?$filter=product_id eq ${of.id}`)).on_hand;
    expect([await stock(cart as Row), await stock(wheels as Row)]).toEqual([1, 0]);
  });
