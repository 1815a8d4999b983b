/** The planner's morning: who is late and why, and what to buy and make now. */
import { expect, signIn, test } from '../house.ts';
import { later, sells, workshop } from '../workshop.ts';
import { WAYS } from './budget.ts';

type Row = Record<string, any>;

for (const way of WAYS)
  test(`the planner sees who is late and why, and agrees to what it takes: ${way}`, async ({ at, house }) => {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    const shop = await workshop(house, page.request);
    const order = await sells(house, page.request, shop, 20, later(shop.today, 3));
    await page.goto(house.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();

    // The dearest order stands first, with its reason.
    await person.begins();
    if (way === 'keyboard') for (const k of ['g', 'l']) await person.press(k);
    else await person.goes('Plan');
    const first = page.getByRole('table', { name: 'Late' }).getByRole('row').nth(1);
    await expect(first).toContainText('lead time of Frame 58');
    await expect(first).toContainText((await house.row(page.request, `SalesOrders?$filter=id eq ${order}`)).number);
    person.ends('late-and-why');

    // What it takes: frames and spokes bought, wheels and bicycles made.
    await person.begins();
    if (way === 'keyboard') await person.press('Enter');
    else await person.click(page.getByRole('button', { name: /^Accept 4 proposals/ }));
    await expect(page.getByText('4 of 4 done, 0 refused')).toBeVisible();
    const bought = await house.row(page.request, `PurchaseOrders?$filter=supplier_id eq ${shop.supplier}&$expand=lines`);
    expect([bought.state, new Set(bought.lines.map((l: Row) => l.product_id))]).toEqual(['confirmed', new Set([shop.frame, shop.spoke])]);
    const made = await house.rows(page.request, `WorkOrders?$filter=product_id eq ${shop.bicycle} or product_id eq ${shop.wheel}&$orderby=quantity`);
    expect(made.map((o) => [o.state, o.quantity])).toEqual([['firm', 20], ['firm', 40]]);
    person.ends('accept-proposals');
  });
