import { EMPTY, expect, test } from '../house.ts';
import { Person } from './recorder.ts';

test.use({ from: EMPTY });

test('15 from an empty database to the first invoice sent', async ({ page, house }) => {
  await page.goto(house.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const person = new Person(page);
  await page.screenshot({ path: '/tmp/setup1.png' });
  person.ends('first-invoice', 'keyboard');
});
