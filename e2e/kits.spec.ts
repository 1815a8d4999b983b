/** A kit: its contents are typed on the article, it is promised, sold and shipped as one. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, signIn, test } from './house.ts';

test('a set of a frame and two wheels is sold as one and leaves as its parts', async ({ page, house }) => {
  await signIn(page, house);
  const api = page.request;
  const unit = (await house.row(api, "Units?$filter=code eq 'C62'")).id;
  const tax = (await house.row(api, "TaxCodes?$filter=code eq 'S22'")).id;
  const product = async (code: string, name: string, list_price: number) =>
    (await house.run(api, 'Products', { code, name, unit_id: unit, tax_code_id: tax, list_price, standard_cost: 1 })).id as number;
  const frame = await product('KIT-F', 'Kit frame', 100);
  const wheel = await product('KIT-W', 'Kit wheel', 40);
  const set = await product('KIT-S', 'Cycling set', 150);
  const lines = [{ product_id: frame, counted: 5, unit_cost: 60 }, { product_id: wheel, counted: 7, unit_cost: 20 }];
  const count = (await house.run(api, 'StockCounts', { kind: 'opening', lines })).id;
  await house.run(api, `StockCounts(${count})/post`);

  // The contents, line by line, on the page of the article.
  await page.goto(`${house.url}/Products/${set}`);
  const contents = page.getByRole('region', { name: 'Contents of the kit' });
  const type = async (n: number, name: string, quantity: string) => {
    await contents.getByRole('combobox').nth(n).click();
    await page.keyboard.type(name);
    await expect(page.getByRole('option', { name: new RegExp(name) }).first()).toBeVisible();
    await page.keyboard.press('Enter');
    await contents.getByRole('textbox', { name: `Quantity, line ${n + 1}` }).fill(quantity);
    await page.keyboard.press('Enter');
  };
  const about = `Products?$filter=id eq ${set}&$expand=contents`;
  await type(0, 'Kit frame', '1');
  await expect.poll(async () => (await house.row(api, about)).contents.length).toBe(1);
  await type(1, 'Kit wheel', '2');
  await expect.poll(async () => (await house.row(api, about)).contents.map((l: { quantity: number }) => l.quantity)).toEqual([1, 2]);
  expect((await house.row(api, about)).kind).toBe('kit');
  await page.reload();
  await expect(contents.getByRole('textbox', { name: 'Quantity, line 2' })).toHaveValue('2');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  // Sold and shipped: seven wheels make three sets.
  const customer = (await house.row(api, "Parties?$filter=startswith(name,'Studio')")).id;
  const order = (await house.run(api, 'SalesOrders', { customer_id: customer, lines: [{ product_id: set, quantity: 3 }] })).id;
  await house.run(api, `SalesOrders(${order})/quote`);
  await page.goto(`${house.url}/SalesOrders/${order}`);
  await expect(page.getByRole('button', { name: /Confirm/ })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByText('Confirmed', { exact: true }).first()).toBeVisible();
  await page.goto(`${house.url}/ship?order=${order}`);
  await expect(page.getByText('Cycling set').first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await house.row(api, `SalesOrders?$filter=id eq ${order}`)).to_deliver).toBe(0);
  const left = await house.rows(api, `ProductStocks?$filter=product_id in (${frame},${wheel})&$orderby=product_id`);
  expect(left.map((s) => s.on_hand)).toEqual([2, 1]);
  const shipped = await house.row(api, `Deliveries?$filter=order_id eq ${order} and state eq 'shipped'&$expand=lines`);
  expect(shipped.lines.map((l: { quantity: number; net: number; cost: number }) => [l.quantity, l.net, l.cost])).toEqual([[3, 450, 300]]);
});
