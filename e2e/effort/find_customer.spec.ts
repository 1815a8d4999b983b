import { expect, signIn, test } from '../house.ts';
import { Person } from './recorder.ts';

test('1 find a customer by a fragment: what they owe and what is open', async ({ page, house }) => {
  await signIn(page, house);
  await page.goto(house.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const person = new Person(page);
  await person.press('Control+k');
  await person.type('jezero');
  await person.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Hotel Jezero/);
  await expect(page.getByText('Owed')).toBeVisible();
  await expect(page.getByText('Overdue', { exact: true })).toBeVisible();
  person.ends('find-customer', 'keyboard');
});
