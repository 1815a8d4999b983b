/** Tasks 4 to 9 on one order, each counted by itself. */
import { expect, signIn, test } from '../house.ts';
import { Person } from './recorder.ts';

type Row = Record<string, any>;

test('4 to 8 confirm, buy what is short, receive, ship in part, invoice and print', async ({ page, house }) => {
  await signIn(page, house);
  const find = async (code: string) => (await house.row(page.request, `Products?$filter=code eq '${code}'`)).id as number;
  const customer = (await house.row(page.request, "Parties?$filter=startswith(name,'Studio')")).id;
  const [chair, lamp] = [await find('CHR-160'), await find('LMP-030')];
  const chairs_free = (await house.row(page.request, `ProductStocks?$filter=product_id eq ${chair}`)).free as number;
  expect(chairs_free).toBeGreaterThan(3);
  const order = (await house.run(page.request, 'SalesOrders', {
    customer_id: customer,
    lines: [{ product_id: chair, quantity: 4 }, { product_id: lamp, quantity: 6 }],
  })).id as number;
  await house.run(page.request, `SalesOrders(${order})/quote`);

  // 4: one key confirms, and the date is that of the goods, not of today.
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('button', { name: 'Confirm' })).toBeVisible();
  let person = new Person(page);
  await person.press('n');
  await expect.poll(async () => (await house.row(page.request, `SalesOrders?$filter=id eq ${order}`)).state).toBe('confirmed');
  person.ends('confirm', 'keyboard');
  const confirmed = await house.row(page.request, `SalesOrders?$filter=id eq ${order}&$expand=lines`);
  const today = (await (await page.request.get(`${house.url}/api/session`)).json()).today as string;
  expect(confirmed.promised_on > today).toBe(true);

  // 5: what is short, bought at the best offer.
  person = new Person(page);
  await person.press('b');
  await person.press('Enter');
  const bought = await house.row(page.request, 'PurchaseOrders?$orderby=id desc&$top=1&$expand=lines');
  expect([bought.state, bought.lines[0].product_id]).toEqual(['confirmed', lamp]);
  person.ends('buy-short', 'keyboard');

  // 6: all received is the usual answer.
  await page.goto(`${house.url}/PurchaseOrders/${bought.id}`);
  await expect(page.getByRole('button', { name: /Receive/ }).first()).toBeVisible();
  person = new Person(page);
  await person.press('n');
  await person.press('Enter');
  await expect.poll(async () => (await house.row(page.request, `PurchaseOrders?$filter=id eq ${bought.id}`)).to_receive).toBe(0);
  person.ends('receive', 'keyboard');

  // 7: ship, one line partly; the rest stays open by itself.
  const draft = await house.row(page.request, `Deliveries?$filter=order_id eq ${order} and state eq 'draft'&$expand=lines`);
  expect(draft.lines.map((l: Row) => l.quantity)).toEqual([4, 6]);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('button', { name: /Ship/ }).first()).toBeVisible();
  person = new Person(page);
  await person.press('s');
  await person.type('3');
  await person.press('Enter');
  await expect.poll(async () => (await house.row(page.request, `Deliveries?$filter=id eq ${draft.id}`)).state).toBe('shipped');
  const shipped = await house.row(page.request, `Deliveries?$filter=id eq ${draft.id}&$expand=lines`);
  expect(shipped.lines.map((l: Row) => l.quantity)).toEqual([3, 6]);
  person.ends('ship', 'keyboard');
  expect((await house.row(page.request, `SalesOrders?$filter=id eq ${order}`)).to_deliver).toBe(1);

  // 8: the process has invoiced what was shipped; the paper is one key away.
  const invoice = await house.row(page.request, `Invoices?$filter=order_id eq ${order}`);
  expect(invoice.net).toBe(3 * 89 + 6 * 58);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  person = new Person(page);
  const paper = page.context().waitForEvent('page');
  await person.press('i');
  await person.press('p');
  await paper;
  const pdf = await page.request.get(`${house.url}/pdf/Invoices(${invoice.id})/invoice`);
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
  person.ends('invoice', 'keyboard');
});

test('9 a bank line is matched to its invoice with Enter', async ({ page, house }) => {
  await signIn(page, house);
  const before = await house.rows(page.request, "BankLines?$filter=state eq 'open'");
  await page.goto(house.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const person = new Person(page);
  await person.press('$');
  // Nobody agrees to what has not been said yet.
  await expect(page.getByText(/the reference names it/).first()).toBeVisible();
  await person.press('Enter');
  await expect.poll(async () => (await house.rows(page.request, "BankLines?$filter=state eq 'open'")).length).toBe(before.length - 1);
  const matched = await house.row(page.request, "BankLines?$filter=state eq 'matched'&$orderby=id desc&$top=1");
  const allocated = await house.row(page.request, `Allocations?$filter=payment_id eq ${matched.payment_id}&$expand=invoice`);
  expect(allocated.invoice.open).toBe(0);
  person.ends('bank', 'keyboard');
});
