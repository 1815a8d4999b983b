/** One order walked from the first call to the ledger, on the data of a real firm that has moved in. */
import { existsSync } from 'node:fs';
import { statement } from './bank.ts';
import { BICYCLES, expect, signIn, test } from './house.ts';

type Row = Record<string, any>;

test.use({ from: BICYCLES });
test.skip(() => !existsSync(BICYCLES), 'the data of the bicycle firm is not there');

test('from the first call to the ledger', async ({ page, house }) => {
  test.setTimeout(180_000);
  await signIn(page, house);
  const api = page.request;
  const today = (await (await api.get(`${house.url}/api/session`)).json()).today as string;
  // The source knows no tax numbers; our own stands in the settings.
  const own = await house.row(api, 'Companies');
  const session = await (await api.get(`${house.url}/api/session`)).json();
  await api.patch(`${house.url}/odata/Companies(${own.id})`, {
    data: { tax_number: '12345679', vat_id: 'SI12345679', iban: 'SI56020170014356205' },
    headers: { 'x-csrf': session.csrf },
  });
  const heading = page.getByRole('heading', { level: 1 });
  const key = (k: string) => page.keyboard.press(k);

  // Lead and opportunity: somebody known is not made twice.
  await page.goto(house.url);
  await expect(heading).toBeVisible();
  await key('l');
  for (const [i, text] of ['Jon Rider', 'Riders Company', '555 0100', 'Gloves for the club', '1200'].entries()) {
    if (i > 0) await key('Tab');
    await page.keyboard.type(text);
  }
  await key('Control+Enter');
  await expect(heading).toHaveText(/Gloves for the club/);
  expect(await house.rows(api, "Parties?$filter=name eq 'Riders Company'")).toHaveLength(1);
  await key('n');
  await expect(page.getByText('Qualified', { exact: true }).first()).toBeVisible();

  // The quote, begun from the opportunity; then its lines at the desk of the record.
  await key('n');
  await expect(page).toHaveURL(/SalesOrders\/\d+/);
  const order = Number(page.url().split('/').at(-1));
  const about = `SalesOrders?$filter=id eq ${order}&$expand=lines,customer`;
  const lines = page.getByRole('region', { name: 'Lines' });
  await lines.getByRole('combobox').first().click();
  await page.keyboard.type('half-finger gloves, m');
  await expect(page.getByRole('option').first()).toBeVisible();
  await key('Enter');
  await lines.getByRole('textbox', { name: 'Quantity' }).first().fill('6');
  await key('Enter');
  await expect.poll(async () => (await house.row(api, about)).lines[0]?.quantity).toBe(6);
  const customer = (await house.row(api, about)).customer as Row;
  await house.run(api, `SalesOrders(${order})/quote`);
  await house.run(api, `SalesOrders(${order})/send`, { paper: 'quote', to: 'club@riders.example' });
  await expect.poll(() => house.letters().filter((l) => l.includes('application/pdf')).length).toBe(1);

  // The order: of this size nothing is on hand, so a true date in the future and a shortage with its offer.
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('button', { name: /Confirm/ })).toBeVisible();
  await key('n');
  await expect(page.getByText('Confirmed', { exact: true }).first()).toBeVisible();
  expect((await house.row(api, about)).promised_on > today).toBe(true);
  await key('b');
  await expect(page).toHaveURL(/short/);
  await expect(page.getByText('Half-Finger Gloves, M').first()).toBeVisible();
  await key('Enter');
  const purchase = await expect
    .poll(async () => (await house.rows(api, 'PurchaseOrders?$filter=history eq false&$expand=lines'))[0])
    .toBeTruthy()
    .then(() => house.row(api, 'PurchaseOrders?$filter=history eq false&$expand=lines'));
  expect(purchase.state).toBe('confirmed');

  // The goods come, the supplier asks another price.
  await page.goto(`${house.url}/PurchaseOrders/${purchase.id}`);
  await expect(page.getByRole('button', { name: /Receive/ }).first()).toBeVisible();
  await key('n');
  await key('Enter');
  await expect.poll(async () => (await house.row(api, `PurchaseOrders?$filter=id eq ${purchase.id}`)).to_receive).toBe(0);
  const dearer = Number(purchase.lines[0].unit_price) + 1;
  await house.run(api, `PurchaseOrders(${purchase.id})/invoice`, {
    supplier_number: 'GK-881', lines: [{ line_id: purchase.lines[0].id, unit_price: dearer }],
  });
  const gloves = await house.row(api, `ProductStocks?$filter=product_id eq ${purchase.lines[0].product_id}`);
  expect(gloves.value).toBeCloseTo(purchase.lines[0].quantity * dearer, 2);

  // Shipped in two parts. The first invoice stops, visibly: the law wants a tax number.
  await page.goto(`${house.url}/ship?order=${order}`);
  await expect(page.getByRole('heading', { name: /Riders/ }).or(page.getByText('Riders Company')).first()).toBeVisible();
  await page.keyboard.type('4');
  await key('Enter');
  await expect.poll(async () => (await house.row(api, about)).to_deliver).toBe(2);
  await page.goto(`${house.url}/today`);
  await expect(page.getByText(/tax number of Riders Company is missing/).first()).toBeVisible();
  await api.patch(`${house.url}/odata/Parties(${customer.id})`, {
    data: { tax_number: '12345679' }, headers: { 'x-csrf': session.csrf },
  });
  await page.getByText(/tax number of Riders Company is missing/).first().click();
  await page.getByRole('button', { name: /Try again/ }).click();
  await expect.poll(async () => (await house.rows(api, `Invoices?$filter=order_id eq ${order}`)).length).toBe(1);
  await page.goto(`${house.url}/ship?order=${order}`);
  await expect(page.getByText('Riders Company').first()).toBeVisible();
  await key('Enter');
  await expect.poll(async () => (await house.rows(api, `Invoices?$filter=order_id eq ${order}`)).length).toBe(2);
  const invoices = await house.rows(api, `Invoices?$filter=order_id eq ${order}&$orderby=id`);
  expect(invoices.map((i) => i.number)).toEqual([`${today.slice(0, 4)}-00001`, `${today.slice(0, 4)}-00002`]);
  for (const invoice of invoices) {
    const pdf = await api.get(`${house.url}/pdf/Invoices(${invoice.id})/invoice`);
    expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-');
  }

  // The bank says what is paid: each line left, its proposal right, Enter.
  for (const [i, invoice] of invoices.entries()) {
    const content = statement(today, 'RIDERS COMPANY', `SI00${invoice.number}`, invoice.gross).replace('S-', `S${i}-`);
    await house.run(api, 'BankStatements/import_camt', { content });
  }
  await page.goto(`${house.url}/money`);
  for (const left of [1, 0]) {
    await expect(page.getByText(new RegExp(`^${left + 1} lines? left`))).toBeVisible();
    await expect(page.getByText(/the reference names it/).first()).toBeVisible();
    await key('Enter');
    await expect.poll(async () => (await house.rows(api, "BankLines?$filter=state eq 'open'")).length).toBe(left);
  }
  await expect.poll(async () => (await house.row(api, about)).state).toBe('closed');

  // The case shows each step on its diagram.
  const [running] = (await (await api.get(`${house.url}/odata/Cases/of(entity='SalesOrder',id=${order})`)).json()).value as Row[];
  await page.goto(`${house.url}/Cases/${running?.id}`);
  await expect(page.locator('.djs-container')).toBeVisible();
  for (const step of ['Pick and ship', 'Invoice what was delivered']) await expect(page.getByText(step).first()).toBeVisible();

  // The profit ties to the ledger and opens down to the entry.
  await page.goto(`${house.url}/Parties/${customer.id}`);
  const profit = 6 * 24.49 - 6 * dearer;
  await expect(page.getByText(profit.toFixed(2)).first()).toBeVisible();
  const entries = await (await api.get(`${house.url}/odata/Parties(${customer.id})/profit_entries(year=${today.slice(0, 4)})`)).json();
  expect(entries.total).toBeCloseTo(profit, 2);
});
