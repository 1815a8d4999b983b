import { expect, signIn, test } from '../house.ts';
import { Person } from './recorder.ts';

test('2 a phone call becomes an opportunity with its amount', async ({ page, house }) => {
  await signIn(page, house);
  await page.goto(house.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const person = new Person(page);
  await person.press('l');
  await person.type('Katarina Hren');
  await person.press('Tab');
  await person.type('Hotel Sonce d.o.o.');
  await person.press('Tab');
  await person.type('041 555 777');
  await person.press('Tab');
  await person.type('Forty chairs for the terrace');
  await person.press('Tab');
  await person.type('24000');
  await person.press('Control+Enter');
  const made = await house.row(page.request, "Opportunities?$filter=title eq 'Forty chairs for the terrace'&$expand=party,contact");
  // Trap: an amount typed behind 0.00 was saved as 0.00.
  expect(made.amount).toBe(24000);
  expect(made.party.name).toBe('Hotel Sonce d.o.o.');
  expect(made.contact.name).toBe('Katarina Hren');
  expect(made.contact.phone).toBe('041 555 777');
  person.ends('phone-call', 'keyboard');
});
