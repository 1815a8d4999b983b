import { expect, signIn, test } from '../house.ts';
import { WAYS } from './budget.ts';

const LINES = ['12 chr-160', '4 tbl-140', '2 tbl-220', '10 stl', '6 shf'];

test('3 a quotation of five lines, its PDF by mail', async ({ at, house }) => {
  test.setTimeout(120_000);
  for (const way of WAYS) {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await person.begins();
    if (way === 'keyboard') await person.press('o');
    else await person.goes('Sales');
    await person.type('jezero');
    if (way === 'keyboard') await person.press('Enter');
    else await person.click(page.getByRole('option', { name: /Hotel Jezero d\.o\.o\./ }));
    for (const line of LINES) {
      await person.type(line);
      if (way === 'keyboard') await person.press('Enter');
      else await person.click(page.getByRole('option').first());
    }
    if (way === 'keyboard') await person.press('Control+m');
    else await person.chooses(/Quote by e-mail/);
    await expect(page).toHaveURL(/SalesOrders\/\d+/);
    const quote = await house.row(page.request, 'SalesOrders?$orderby=id desc&$top=1&$expand=customer,lines');
    expect(quote.state).toBe('quoted');
    expect(quote.customer.name).toBe('Hotel Jezero d.o.o.');
    expect(quote.lines.map((l: { quantity: number }) => l.quantity)).toEqual([12, 4, 2, 10, 6]);
    await expect.poll(() => house.letters().filter((l) => l.includes(quote.number) && l.includes('application/pdf')).length).toBe(1);
    person.ends('quotation');
  }
});

test('typing faster than the look-up answers loses nothing', async ({ page, house }) => {
  await page.route('**/odata/$search**', async (route) => {
    await new Promise((done) => setTimeout(done, 400));
    await route.continue();
  });
  await page.route('**/odata/Products**', async (route) => {
    await new Promise((done) => setTimeout(done, 400));
    await route.continue();
  });
  await signIn(page, house);
  await page.goto(`${house.url}/order-desk`);
  await page.getByRole('combobox', { name: 'Customer' }).waitFor();
  await page.keyboard.type('jezero');
  await page.keyboard.press('Enter');
  for (const line of LINES) {
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Control+Enter');
  await expect(page).toHaveURL(/SalesOrders\/\d+/, { timeout: 20_000 });
  const order = await house.row(page.request, 'SalesOrders?$orderby=id desc&$top=1&$expand=lines,customer');
  expect(order.customer.name).toBe('Hotel Jezero d.o.o.');
  expect(order.lines.map((l: { quantity: number }) => l.quantity)).toEqual([12, 4, 2, 10, 6]);
});
