import { EMPTY, expect, test } from '../house.ts';
import { WAYS } from './budget.ts';
import type { Person } from './recorder.ts';

test.use({ from: EMPTY });

const FIRM = ['Kovačija Novak d.o.o.', '12345679', 'Cesta 5, 4000 Kranj', 'SI56 0201 7001 4356 205'];
const CUSTOMER = 'Hotel Sonce d.o.o., 12345679, Obala 3, 6320 Portorož, info@sonce.example';

for (const way of WAYS)
  test(`15 from an empty database to the first invoice sent: ${way}`, async ({ at, house }) => {
    const person = await at(way);
    const { page } = person;
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/company/);
    await person.begins();
    await (way === 'keyboard' ? setsUpByKeys(person) : setsUp(person));
    await (way === 'keyboard' ? writesByKeys(person) : writes(person));
    await expect(page).toHaveURL(/Invoices\/\d+/);
    // What posting would do stands on the page before it is done.
    await expect(page.getByText('Then, at once:')).toBeVisible();
    if (way === 'keyboard') await person.press('n');
    else await person.click(page.getByRole('button', { name: /^Post/ }));
    await expect(page.getByText('Posted', { exact: true }).first()).toBeVisible();
    if (way === 'keyboard') await person.press('Control+m');
    else await person.chooses(/^Send/);
    const invoice = await house.row(page.request, 'Invoices?$expand=customer');
    expect([invoice.state, invoice.net, invoice.tax, invoice.customer.tax_number]).toEqual(['posted', 480, 105.6, '12345679']);
    await expect.poll(() => house.letters().filter((l) => l.includes(invoice.number) && l.includes('sonce.example')).length).toBe(1);
    person.ends('first-invoice');
  });

async function setsUpByKeys(person: Person): Promise<void> {
  for (const answer of FIRM) {
    await person.type(answer);
    await person.press('Enter');
  }
  await person.type('Jan Novak');
  await person.press('Tab');
  await person.type('jan');
  await person.press('Tab');
  await person.type('correct-horse');
  await person.press('Enter');
  await expect(person.page.getByRole('navigation', { name: 'Areas' })).toBeVisible();
}

async function writesByKeys(person: Person): Promise<void> {
  await person.press('c');
  await person.type('invoice');
  await person.press('Enter');
  await person.type(CUSTOMER);
  await person.press('Enter');
  await person.press('Tab');
  await person.press('Tab');
  await person.type('Wrought-iron gate');
  await person.press('Tab');
  await person.press('Tab');
  await person.type('480');
  await person.press('Control+Enter');
}

async function setsUp(person: Person): Promise<void> {
  const { page } = person;
  for (const answer of FIRM) {
    await person.type(answer);
    await person.click(page.getByRole('button', { name: /^Next/ }));
  }
  await person.type('Jan Novak');
  await person.click(page.getByLabel('Sign-in name'));
  await person.type('jan');
  await person.click(page.getByLabel('Password'));
  await person.type('correct-horse');
  await person.click(page.getByRole('button', { name: /^Begin work/ }));
}

async function writes(person: Person): Promise<void> {
  const { page, way } = person;
  if (way === 'touch') {
    await person.click(page.getByRole('button', { name: 'New', exact: true }));
    await person.click(page.getByRole('option', { name: 'New Invoice', exact: true }));
  } else {
    await person.goes('Finance', 'Invoices');
    await person.click(page.getByRole('button', { name: /^New Invoice/ }).first());
  }
  await person.type(CUSTOMER);
  await person.click(page.getByRole('option', { name: /New/ }));
  await person.click(page.getByRole('textbox', { name: /^Text, line 1/ }));
  await person.type('Wrought-iron gate');
  await person.click(page.getByRole('textbox', { name: /price, line 1/i }));
  await person.type('480');
  await person.click(page.getByRole('button', { name: /^Create/ }));
}
