import { EMPTY, expect, test } from '../house.ts';
import { Person } from './recorder.ts';

test.use({ from: EMPTY });

test('15 from an empty database to the first invoice sent', async ({ page, house }) => {
  await page.goto(house.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/company/);
  const person = new Person(page);
  for (const answer of ['Kovačija Novak d.o.o.', '12345679', 'Cesta 5, 4000 Kranj', 'SI56 0201 7001 4356 205']) {
    await person.type(answer);
    await person.press('Enter');
  }
  await person.type('Jan Novak');
  await person.press('Tab');
  await person.type('jan');
  await person.press('Tab');
  await person.type('correct-horse');
  await person.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible();

  await person.press('c');
  await person.type('invoice');
  await person.press('Enter');
  await person.type('Hotel Sonce d.o.o., 12345679, Obala 3, 6320 Portorož, info@sonce.example');
  await person.press('Enter');
  await person.press('Tab');
  await person.press('Tab');
  await person.type('Wrought-iron gate');
  await person.press('Tab');
  await person.press('Tab');
  await person.type('480');
  await person.press('Control+Enter');
  await expect(page).toHaveURL(/Invoices\/\d+/);
  // What posting would do stands on the page before the key is pressed.
  await expect(page.getByText('Then, at once:')).toBeVisible();
  await person.press('n');
  await expect(page.getByText('Posted', { exact: true }).first()).toBeVisible();
  await person.press('Control+m');
  const invoice = await house.row(page.request, 'Invoices?$expand=customer');
  expect([invoice.state, invoice.net, invoice.tax, invoice.customer.tax_number]).toEqual(['posted', 480, 105.6, '12345679']);
  await expect.poll(() => house.letters().filter((l) => l.includes(invoice.number) && l.includes('sonce.example')).length).toBe(1);
  person.ends('first-invoice', 'keyboard');
});
