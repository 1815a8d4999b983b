/** Small things that a person stumbles over. */
import { DEMO, EMPTY, expect, PASSWORD, signIn, test } from './house.ts';
import { workshop } from './workshop.ts';

test.describe('at work', () => {
  test.use({ from: DEMO });

  test('a double click is one click, and the story says who has created what', async ({ page, house }) => {
    await signIn(page, house);
    const [first] = await house.rows(page.request, "Deliveries?$filter=state eq 'draft'&$orderby=id&$top=1");
    const shipped: string[] = [];
    page.on('request', (r) => /\/ship$/.test(r.url()) && !r.headers()['celota-dry-run'] && shipped.push(r.url()));
    await page.goto(`${house.url}/Deliveries/${first?.id}`);
    // What it would do has been tried by then: the button does it.
    await page.waitForLoadState('networkidle');
    await page.getByRole('button', { name: /^Ship/ }).dblclick();
    await expect.poll(async () => (await house.row(page.request, `Deliveries?$filter=id eq ${first?.id}`)).state).toBe('shipped');
    await expect(page.getByRole('button', { name: /^Ship/ })).toHaveCount(0);
    await expect(page.getByText(/is not possible/)).toHaveCount(0);
    expect(shipped.length).toBe(1);
    const center = await house.row(page.request, 'WorkCenters?$top=1');
    await page.goto(`${house.url}/WorkCenters/${center.id}`);
    await expect(page.getByRole('region', { name: 'Story' }).getByText('created').first()).toBeVisible();
  });

  test('whose work is done waits to be completed, and who waits for what is short stands apart', async ({ page, house }) => {
    await signIn(page, house);
    const shop = await workshop(house, page.request);
    const wheels = await house.run(page.request, 'WorkOrders', { product_id: shop.wheel, quantity: 1 });
    await house.run(page.request, `WorkOrders(${wheels.id})/release`);
    const { operations } = await house.row(page.request, `WorkOrders?$filter=id eq ${wheels.id}&$expand=operations`);
    await house.run(page.request, `WorkOrders(${wheels.id})/report`, { operation_id: operations[0].id, good: 1 });
    await page.goto(`${house.url}/foreman`);
    await expect(page.getByRole('region', { name: 'Work is done: to complete' })).toContainText('Wheel 28');
    await page.goto(`${house.url}/short`);
    await expect(page.getByRole('row').filter({ hasText: 'Bench Bor 180' })).toContainText('Kavarna Union, Vrtec Sonček');
  });

  test('a record is called by words, and an address has its lines', async ({ page, house }) => {
    await signIn(page, house);
    const skill = await house.row(page.request, 'EmployeeSkills?$top=1&$expand=skill');
    await page.goto(`${house.url}/EmployeeSkills/${skill.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(skill.skill.title);
    const paid = await house.row(page.request, 'Allocations?$top=1');
    await page.goto(`${house.url}/Allocations/${paid.id}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Payment');
    const [going] = await house.rows(page.request, "Deliveries?$filter=state eq 'draft'&$orderby=id&$top=1");
    expect(going?.address).toContain('\n');
    await page.goto(`${house.url}/Deliveries/${going?.id}`);
    await expect(page.getByLabel('Address')).toHaveValue(going?.address);
    const bill = await house.row(page.request, 'Invoices?$top=1');
    await page.goto(`${house.url}/Invoices/${bill.id}`);
    const lines = page.getByText(bill.customer_address.split('\n')[0]).first();
    await expect(lines).toHaveCSS('white-space', 'pre-line');
  });

  test('a diagram is drawn, and its file is typed into drafts only', async ({ page, house }) => {
    await signIn(page, house);
    const shipped = await house.row(page.request, "Diagrams?$filter=code eq 'plan-to-produce' and state eq 'published'");
    await page.goto(`${house.url}/Diagrams/${shipped.id}`);
    await expect(page.getByRole('group', { name: `Diagram: ${shipped.name}` }).locator('svg .djs-shape').first()).toBeVisible();
    await expect(page.getByText('<?xml')).toHaveCount(0);
    const file = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as BPMN' }).click();
    expect((await file).suggestedFilename()).toBe('plan-to-produce.bpmn');
  });

  test('on a telephone the last page of the plan is seen among its tabs', async ({ page, house }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page, house);
    await page.goto(`${house.url}/plan/scenario`);
    await expect(page.getByRole('link', { name: 'What if', exact: true }).last()).toBeInViewport({ ratio: 0.9 });
  });
});

test.describe('on the first morning', () => {
  test.use({ from: EMPTY });

  test('the bench says what belongs there', async ({ page, house }) => {
    const user = { name: 'Ana', login: 'ana', password: PASSWORD, language: 'en' };
    const firm = { company: { name: 'Nova d.o.o.', country: 'SI' }, user };
    expect((await page.request.post(`${house.url}/api/set-up`, { data: firm })).ok()).toBe(true);
    await page.goto(`${house.url}/plan`);
    await expect(page.getByText('Nothing is wanted yet')).toBeVisible();
    // The board needs a machine: it leads to the first one.
    await page.goto(`${house.url}/plan/board`);
    await page.getByRole('button', { name: 'New Work center' }).click();
    await expect(page).toHaveURL(/WorkCenters\/new/);
  });
});
