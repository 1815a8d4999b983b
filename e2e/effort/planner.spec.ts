/** The planner's morning: who is late and why, and what to buy and make now. */
import { expect, signIn, test } from '../house.ts';
import { later, sells, stocks, workshop } from '../workshop.ts';
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

for (const way of WAYS)
  test(`a rush order says whom it would make late, before it is confirmed: ${way}`, async ({ at, house }) => {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    const shop = await workshop(house, page.request);
    await stocks(house, page.request, shop);
    const sold = await sells(house, page.request, shop, 8, later(shop.today, 7));
    const { number } = await house.row(page.request, `SalesOrders?$filter=id eq ${sold}`);
    const body = { customer_id: shop.customer, requested_on: later(shop.today, 4), lines: [{ product_id: shop.bicycle, quantity: 6 }] };
    const rush = (await house.run(page.request, 'SalesOrders', body)).id;
    await page.goto(`${house.url}/SalesOrders/${rush}`);
    await expect(page.getByRole('button', { name: 'What it would break' })).toBeVisible();

    // Six of the ten frames on the shelf would go to it: four of the eight that are promised wait for others.
    await person.begins();
    if (way === 'keyboard') await person.press('w');
    else await person.click(page.getByRole('button', { name: 'What it would break' }));
    const hurts = page.getByRole('region', { name: 'What hurts' });
    await expect(hurts.getByRole('link', { name: number })).toBeVisible();
    await expect(hurts).toContainText('It would be there on');
    person.ends('rush-order');
    expect((await house.row(page.request, `SalesOrders?$filter=id eq ${rush}`)).state).toBe('draft');
  });

for (const way of WAYS)
  test(`the planner moves an operation on the board: ${way}`, async ({ at, house }) => {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    const shop = await workshop(house, page.request);
    await stocks(house, page.request, shop);
    await sells(house, page.request, shop, 6, later(shop.today, 6));
    const plan = await (await page.request.get(`${house.url}/odata/Products/plan(days=400)`)).json();
    const lot = plan.value.find((r: Row) => r.kind === 'make' && r.product_id === shop.wheel);
    const line = { product_id: shop.wheel, quantity: lot.quantity, make: true, start_on: lot.start_on, due_on: lot.due_on };
    const wheels = (await house.run(page.request, 'Products/accept', { lines: [line] })).result.work_order_ids[0];
    const operation = async () => (await house.row(page.request, `WorkOrders?$filter=id eq ${wheels}&$expand=operations`)).operations[0];
    const before = (await operation()).starts_at;
    await page.goto(`${house.url}/plan/board?zoom=day&from=${before.slice(0, 10)}&op=w${wheels}-10`);
    const lane = page.getByRole('region', { name: 'Wheel stand' });
    const bar = lane.getByRole('button', { name: /^Lace/, pressed: true });
    await expect(bar).toBeVisible();

    await person.begins();
    if (way === 'keyboard') {
      await person.press('ArrowLeft');
      await person.press('Enter');
    } else if (way === 'mouse') await person.drag(bar, -((await lane.boundingBox())?.width ?? 0) / 72);
    else {
      await person.click(page.getByRole('button', { name: 'An hour earlier' }));
      await person.click(page.getByRole('button', { name: /^Put it here/ }));
    }
    await expect(page.getByText('Moved: Wheel 28.')).toBeVisible();
    person.ends('move-operation');
    expect(Date.parse(before) - Date.parse((await operation()).starts_at)).toBeGreaterThanOrEqual(3_600_000);
  });

for (const way of WAYS)
  test(`the purchase plan of a supplier, month by month, as a sheet: ${way}`, async ({ at, house }) => {
    const person = await at(way);
    const { page } = person;
    await signIn(page, house);
    const shop = await workshop(house, page.request);
    await sells(house, page.request, shop, 400, later(shop.today, 120));
    await page.goto(`${house.url}/plan`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plan');

    await person.begins();
    if (way === 'keyboard') {
      await person.press('p');
      await person.press('Enter');
    } else {
      await person.click(page.getByRole('link', { name: 'Purchase plan' }).last());
      await person.click(page.getByRole('button', { name: 'Okvirji Sava' }));
    }
    await expect(page.getByRole('row', { name: /^Frame 58/ })).toContainText('400');
    const saved = page.waitForEvent('download');
    if (way === 'keyboard') await person.press('Shift+E');
    else await person.click(page.getByRole('button', { name: 'Export' }));
    const sheet = await (await saved).createReadStream();
    let text = '';
    for await (const part of sheet) text += String(part);
    expect(text).toMatch(/FRAME-58,Frame 58,.*\b400\b.*,48000/);
    person.ends('purchase-plan');
  });
