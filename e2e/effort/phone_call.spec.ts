import { expect, signIn, test } from '../house.ts';
import { WAYS } from './budget.ts';

const CALLS = {
  keyboard: ['Katarina Hren', 'Hotel Sonce d.o.o.', '041 555 777', 'Forty chairs for the terrace', '24000'],
  mouse: ['Bojan Lah', 'Gostilna Pod lipo d.o.o.', '041 555 778', 'Benches for the garden', '3600'],
  touch: ['Neža Oman', 'Kavarna Rog d.o.o.', '041 555 779', 'Bar stools', '1850'],
};
const LABELS = ['Who', 'Company', 'Phone', 'What about', 'How much'];

test('2 a phone call becomes an opportunity with its amount', async ({ at, house }) => {
  test.setTimeout(120_000);
  for (const way of WAYS) {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await person.begins();
    if (way === 'keyboard') await person.press('l');
    else {
      await person.goes('Relationships');
      await person.click(page.getByRole('button', { name: 'A call' }));
    }
    for (const [i, answer] of CALLS[way].entries()) {
      if (i > 0 && way === 'keyboard') await person.press('Tab');
      else if (i > 0) await person.click(page.getByLabel(LABELS[i] as string, { exact: true }));
      await person.type(answer);
    }
    if (way === 'keyboard') await person.press('Control+Enter');
    else await person.click(page.getByRole('button', { name: 'Put it on the board' }));
    const [who, company, phone, what, amount] = CALLS[way];
    const made = await house.row(page.request, `Opportunities?$filter=title eq '${what}'&$expand=party,contact`);
    // Trap: an amount typed behind 0.00 was saved as 0.00.
    expect([made.amount, made.party.name, made.contact.name, made.contact.phone]).toEqual([Number(amount), company, who, phone]);
    person.ends('phone-call');
  }
});
