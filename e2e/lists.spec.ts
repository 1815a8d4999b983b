/** Long lists: from the other end, and with columns as wide as somebody pulls them. */
import { existsSync } from 'node:fs';
import { BICYCLES, expect, signIn, test } from './house.ts';

test.describe('a list of tens of thousands', () => {
  test.use({ from: BICYCLES });
  test.skip(() => !existsSync(BICYCLES), 'the data of the bicycle firm is not there');

  test('its end is one key away, and its columns keep the width they are pulled to', async ({ page, house }) => {
    await signIn(page, house);
    const [first] = (await (await page.request.get(`${house.url}/odata/SalesOrders?$orderby=number&$top=1&$select=number`)).json()).value;
    const [last] = (await (await page.request.get(`${house.url}/odata/SalesOrders?$orderby=number desc&$top=1&$select=number`)).json()).value;
    await page.goto(`${house.url}/SalesOrders?sort=number`);
    const grid = page.getByRole('grid');
    await expect(grid.getByText(first.number)).toBeVisible();
    let asked = 0;
    page.on('request', (r) => r.url().includes('/odata/SalesOrders?') && (asked += 1));
    await page.keyboard.press('End');
    await expect(grid.getByText(last.number)).toBeVisible();
    await expect(grid.getByRole('row', { selected: false }).last()).toHaveAttribute('aria-rowindex', /^31\d\d\d$/);
    // Nothing in between was loaded.
    expect(asked).toBeLessThan(5);

    // Upwards more rows come, and what is seen stays where it is.
    const seen = grid.getByText(last.number);
    await grid.hover();
    await page.mouse.wheel(0, -2_600);
    await expect(seen).toHaveCount(0);
    await page.mouse.wheel(0, 2_600);
    await expect(seen).toBeVisible();
    await page.keyboard.press('Home');
    await expect(grid.getByText(first.number)).toBeVisible();
    await page.getByRole('button', { name: 'Last row' }).click();
    await expect(grid.getByText(last.number)).toBeVisible();

    // Pulled by the mouse, kept in the address; by key as well.
    const head = grid.getByRole('columnheader').nth(2);
    const width = async () => (await head.boundingBox())?.width ?? 0;
    const before = await width();
    const edge = await head.locator('.edge').boundingBox();
    if (!edge) throw new Error('the column has no edge');
    await page.mouse.move(edge.x + 4, edge.y + 5);
    await page.mouse.down();
    await page.mouse.move(edge.x + 64, edge.y + 5, { steps: 4 });
    await page.mouse.up();
    expect(Math.abs((await width()) - before - 60)).toBeLessThan(3);
    await page.reload();
    await expect(grid.getByRole('row').nth(3)).toBeVisible();
    expect(Math.abs((await width()) - before - 60)).toBeLessThan(3);
  });
});

test('cash in the coming weeks ties to the open documents', async ({ page, house }) => {
  await signIn(page, house);
  await page.goto(`${house.url}/money`);
  const table = page.getByRole('region', { name: 'Cash in the coming weeks' }).getByRole('table');
  await expect(table.getByRole('row')).toHaveCount(9);
  const [statement] = await house.rows(page.request, 'BankStatements?$orderby=statement_on desc&$top=1');
  const open = async (set: string) =>
    (await house.rows(page.request, `${set}?$filter=state eq 'posted' and open ne 0`)).filter((r) => r.due_on <= end).reduce((sum, r) => sum + r.open, 0);
  const today = new Date(`${(await (await page.request.get(`${house.url}/api/session`)).json()).today}T00:00:00Z`);
  const end = new Date(today.getTime() + (((7 - today.getUTCDay()) % 7) + 49) * 86_400_000).toISOString().slice(0, 10);
  const wanted = statement?.closing + (await open('Invoices')) - (await open('SupplierInvoices'));
  const said = await table.getByRole('row').last().getByRole('cell').nth(3).innerText();
  expect(Number(said.replaceAll(',', '').replace('\u2212', '-'))).toBeCloseTo(wanted, 2);
});
