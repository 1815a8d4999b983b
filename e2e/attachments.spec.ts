/** Files at a record: dropped or chosen, opened as they were, put away and fetched back; a no stands at its file. */
import { readFileSync } from 'node:fs';
import { expect, signIn, test } from './house.ts';

const DRAWING = Buffer.from('%PDF-1.4\n% a drawing of a counter\n');

test('files are attached to an order and to a customer, and put away again', async ({ page, house }) => {
  await signIn(page, house);
  const order = (await house.row(page.request, 'SalesOrders?$top=1')).id as number;
  await page.goto(`${house.url}/SalesOrders/${order}`);
  const files = page.getByRole('region', { name: 'Files' });
  await expect(files).toBeVisible();

  // Chosen by key; an empty one is refused where it stands, the others are taken.
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('u');
  await (await chooser).setFiles([
    { name: 'counter, v2.pdf', mimeType: 'application/pdf', buffer: DRAWING },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    { name: 'dopis za stranko.docx', mimeType: '', buffer: Buffer.from('PK..') },
  ]);
  await expect(files.getByRole('link', { name: 'counter, v2.pdf' })).toBeVisible();
  await expect(files.getByRole('link', { name: 'dopis za stranko.docx' })).toBeVisible();
  await expect(files.getByRole('alert')).toHaveText(/empty\.txt: The file is empty\. Choose another file\./);
  await files.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  await expect(files.getByRole('alert')).toHaveCount(0);
  await expect(files.getByText(/34 B · Ana/)).toBeVisible();

  // Too large: a sentence, not a status.
  const big = page.waitForEvent('filechooser');
  await files.getByRole('button', { name: 'Attach a file' }).click();
  await (await big).setFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(33 << 20) }, { timeout: 60_000 });
  await expect(files.getByRole('alert')).toHaveText(/film\.mp4: The file is larger than 32 MB/, { timeout: 30_000 });

  // Opened, it is what it was.
  const link = await files.getByRole('link', { name: 'counter, v2.pdf' }).getAttribute('href');
  const opened = await page.request.get(`${house.url}${link}`);
  expect([await opened.body(), opened.headers()['content-type']]).toEqual([DRAWING, 'application/pdf']);

  // Put away, and taken back by key.
  await files.getByRole('button', { name: 'Put counter, v2.pdf away' }).click();
  await expect(files.getByRole('link', { name: 'counter, v2.pdf' })).toHaveCount(0);
  await page.keyboard.press('z');
  await expect(files.getByRole('link', { name: 'counter, v2.pdf' })).toBeVisible();

  // Dropped on the page of a customer.
  const customer = (await house.row(page.request, "Parties?$filter=startswith(name,'Hotel')")).id as number;
  await page.goto(`${house.url}/Parties/${customer}`);
  await expect(files).toBeVisible();
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['frame contract'], 'contract.txt', { type: 'text/plain' }));
    return data;
  });
  await files.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(files.getByRole('link', { name: 'contract.txt' })).toBeVisible();
  const row = await house.row(page.request, `Attachments?$filter=about_entity eq 'Party' and about_id eq ${customer}&$expand=added_by`);
  expect([row.name, row.size, row.added_by.name]).toEqual(['contract.txt', 14, expect.stringMatching(/^Ana/)]);
  const download = page.waitForEvent('download');
  await files.getByRole('link', { name: 'contract.txt' }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toBe('frame contract');
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/files.png` });
});
