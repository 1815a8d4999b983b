import { expect, signIn, test } from '../house.ts';
import { WAYS } from './budget.ts';

test('1 find a customer by a fragment: what they owe and what is open', async ({ at, house }) => {
  for (const way of WAYS) {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await person.begins();
    if (way === 'keyboard') await person.press('Control+k');
    else await person.click(page.getByRole('button', { name: /^Search/ }));
    await person.type('jezero');
    if (way === 'keyboard') await person.press('Enter');
    else await person.click(page.getByRole('option', { name: /^Hotel Jezero d\.o\.o\./ }));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Hotel Jezero/);
    await expect(page.getByText('Owed')).toBeVisible();
    await expect(page.getByText('Overdue', { exact: true })).toBeVisible();
    person.ends('find-customer');
  }
});
