/** Tasks 4 to 9 on one order, each counted by itself. */
import type { APIRequestContext } from '@playwright/test';
import { expect, type House, signIn, test } from '../house.ts';
import { WAYS, type Way } from './budget.ts';
import type { Person } from './recorder.ts';

type Row = Record<string, any>;

/** An order of the studio: chairs that are there, and lamps that nobody has. */
async function quoted(house: House, api: APIRequestContext): Promise<{ order: number; lamp: number }> {
  const find = async (code: string) => (await house.row(api, `Products?$filter=code eq '${code}'`)).id as number;
  const customer = (await house.row(api, "Parties?$filter=startswith(name,'Studio')")).id;
  const [chair, lamp] = [await find('CHR-160'), await find('LMP-030')];
  expect((await house.row(api, `ProductStocks?$filter=product_id eq ${chair}`)).free).toBeGreaterThan(3);
  const lines = [{ product_id: chair, quantity: 4 }, { product_id: lamp, quantity: 6 }];
  const order = (await house.run(api, 'SalesOrders', { customer_id: customer, lines })).id as number;
  await house.run(api, `SalesOrders(${order})/quote`);
  return { order, lamp };
}

for (const way of WAYS)
  test(`4 to 8 confirm, buy what is short, receive, ship in part, invoice and print: ${way}`, async ({ at, house }) => {
    test.setTimeout(90_000);
    const person = await at(way);
    const api = person.page.request;
    await signIn(person.page, house);
    const { order, lamp } = await quoted(house, api);
    await confirms(person, house, order);
    const bought = await buys(person, house, lamp);
    await receives(person, house, bought);
    await ships(person, house, order);
    await invoices(person, house, order);
  });

const button = (person: Person, name: string | RegExp) => person.page.getByRole('button', { name }).first();

/** 4: one key confirms, and the date is that of the goods, not of today. */
async function confirms(person: Person, house: House, order: number): Promise<void> {
  const { page, way } = person;
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(button(person, /^Confirm/)).toBeVisible();
  await person.begins();
  if (way === 'keyboard') await person.press('n');
  else await person.click(button(person, /^Confirm/));
  await expect.poll(async () => (await house.row(page.request, `SalesOrders?$filter=id eq ${order}`)).state).toBe('confirmed');
  person.ends('confirm');
  const confirmed = await house.row(page.request, `SalesOrders?$filter=id eq ${order}&$expand=lines`);
  const today = (await (await page.request.get(`${house.url}/api/session`)).json()).today as string;
  expect(confirmed.promised_on > today).toBe(true);
}

/** 5: what is short, bought at the best offer. */
async function buys(person: Person, house: House, lamp: number): Promise<Row> {
  const { page, way } = person;
  await person.begins();
  if (way === 'keyboard') await person.press('b');
  else await person.chooses(/Buy what is short/);
  if (way === 'keyboard') await person.press('Enter');
  else await person.click(button(person, /^Buy 1 article/));
  const bought = await house.row(page.request, 'PurchaseOrders?$orderby=id desc&$top=1&$expand=lines');
  expect([bought.state, bought.lines[0].product_id]).toEqual(['confirmed', lamp]);
  person.ends('buy-short');
  return bought;
}

/** 6: all received is the usual answer. */
async function receives(person: Person, house: House, bought: Row): Promise<void> {
  const { page, way } = person;
  await page.goto(`${house.url}/PurchaseOrders/${bought.id}`);
  await expect(button(person, /^Receive/)).toBeVisible();
  await person.begins();
  if (way === 'keyboard') await person.press('n');
  else await person.click(button(person, /^Receive/));
  await expect.poll(async () => (await house.row(page.request, `PurchaseOrders?$filter=id eq ${bought.id}`)).to_receive).toBe(0);
  person.ends('receive');
}

/** 7: ship, one line partly; the rest stays open by itself. */
async function ships(person: Person, house: House, order: number): Promise<void> {
  const { page, way } = person;
  const draft = await house.row(page.request, `Deliveries?$filter=order_id eq ${order} and state eq 'draft'&$expand=lines`);
  expect(draft.lines.map((l: Row) => l.quantity)).toEqual([4, 6]);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(button(person, /^Ship/)).toBeVisible();
  await person.begins();
  if (way === 'keyboard') await person.press('s');
  else await person.click(button(person, /^Ship/));
  await person.type('3');
  if (way === 'keyboard') await person.press('Enter');
  else await person.click(button(person, /^Ship, 1 line stays open/));
  await expect.poll(async () => (await house.row(page.request, `Deliveries?$filter=id eq ${draft.id}`)).state).toBe('shipped');
  const shipped = await house.row(page.request, `Deliveries?$filter=id eq ${draft.id}&$expand=lines`);
  expect(shipped.lines.map((l: Row) => l.quantity)).toEqual([3, 6]);
  person.ends('ship');
  expect((await house.row(page.request, `SalesOrders?$filter=id eq ${order}`)).to_deliver).toBe(1);
}

/** 8: the process has invoiced what was shipped; the paper is one key away. */
async function invoices(person: Person, house: House, order: number): Promise<void> {
  const { page, way } = person;
  const invoice = await house.row(page.request, `Invoices?$filter=order_id eq ${order}`);
  expect(invoice.net).toBe(3 * 89 + 6 * 58);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await person.begins();
  if (way === 'keyboard') await person.press('i');
  else await person.chooses(/^Invoice/);
  await expect(page).toHaveURL(new RegExp(`Invoices/${invoice.id}`));
  const paper = page.context().waitForEvent('page');
  await prints(person, way);
  await paper;
  const pdf = await page.request.get(`${house.url}/pdf/Invoices(${invoice.id})/invoice`);
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
  person.ends('invoice');
}

async function prints(person: Person, way: Way): Promise<void> {
  if (way === 'keyboard') await person.press('p');
  else if (way === 'mouse') await person.click(person.page.getByRole('link', { name: /^Print/ }));
  else await person.chooses(/^Print/);
}

test('9 a bank line is matched to its invoice', async ({ at, house }) => {
  for (const way of WAYS) {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    const before = await house.rows(page.request, "BankLines?$filter=state eq 'open'");
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await person.begins();
    if (way === 'keyboard') await person.press('$');
    else await person.goes('Finance');
    // Nobody agrees to what has not been said yet.
    await expect(page.getByText(/the reference names it/).first()).toBeVisible();
    if (way === 'keyboard') await person.press('Enter');
    else await person.click(page.getByRole('button', { name: /^Match/ }));
    await expect.poll(async () => (await house.rows(page.request, "BankLines?$filter=state eq 'open'")).length).toBe(before.length - 1);
    const matched = await house.row(page.request, "BankLines?$filter=state eq 'matched'&$orderby=id desc&$top=1");
    const allocated = await house.row(page.request, `Allocations?$filter=payment_id eq ${matched.payment_id}&$expand=invoice`);
    expect(allocated.invoice.open).toBe(0);
    person.ends('bank');
  }
});
