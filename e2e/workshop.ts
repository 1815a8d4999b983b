/** A small shop that makes to order: a bicycle of three levels, put together on two work centers. */
import type { APIRequestContext } from '@playwright/test';
import type { House } from './house.ts';

type Row = Record<string, any>;

export interface Workshop {
  today: string;
  bicycle: number;
  wheel: number;
  spoke: number;
  frame: number;
  bench: number;
  wheels: number;
  supplier: number;
  customer: number;
}

/** The day so many days later. */
export function later(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Bicycle ← 2 wheels (← 36 spokes) + frame; frames are bought in ten days, spokes lie on the shelf. */
export async function workshop(house: House, api: APIRequestContext): Promise<Workshop> {
  const today = (await (await api.get(`${house.url}/api/session`)).json()).today as string;
  const make = async (set: string, body: Row) => (await house.run(api, set, body)).id as number;
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const week = await make('WorkCalendars', {
    code: 'BIKES', name: 'Every day', shifts: days.map((weekday) => ({ weekday, starts_at: '06:00', ends_at: '14:00' })),
  });
  const center = (code: string, name: string, hourly_cost: number) => make('WorkCenters', { code, name, calendar_id: week, hourly_cost });
  const [bench, wheels] = [await center('BIKE-1', 'Bicycle bench', 24), await center('BIKE-2', 'Wheel stand', 30)];
  const unit = (await house.row(api, 'Units')).id;
  const product = (code: string, name: string, price: number) =>
    make('Products', { code, name, unit_id: unit, list_price: price, standard_cost: price / 2 });
  const bicycle = await product('BIKE-3', 'Touring bicycle', 600);
  const [wheel, spoke] = [await product('WHEEL-28', 'Wheel 28', 0), await product('SPOKE', 'Spoke', 0.2)];
  const frame = await product('FRAME-58', 'Frame 58', 240);
  await make('Bills', {
    product_id: wheel, components: [{ product_id: spoke, quantity: 36 }],
    operations: [{ name: 'Lace', work_center_id: wheels, setup_minutes: 0, run_minutes: 20 }],
  });
  await make('Bills', {
    product_id: bicycle, components: [{ product_id: wheel, quantity: 2 }, { product_id: frame, quantity: 1 }],
    operations: [
      { name: 'Mount', work_center_id: bench, setup_minutes: 10, run_minutes: 30 },
      { name: 'Adjust', work_center_id: wheels, setup_minutes: 0, run_minutes: 10 },
    ],
  });
  const supplier = await make('Parties', { name: 'Okvirji Sava', is_supplier: true });
  for (const [product_id, price, lead_time_days] of [[frame, 120, 10], [spoke, 0.1, 3]])
    await make('SupplierPrices', { supplier_id: supplier, product_id, price, lead_time_days });
  const customer = (await house.row(api, "Parties?$filter=startswith(name,'Studio')")).id as number;
  return { today, bicycle, wheel, spoke, frame, bench, wheels, supplier, customer };
}

/** So many bicycles sold, for a day on which they cannot be there. */
export async function sells(house: House, api: APIRequestContext, shop: Workshop, quantity: number, on: string): Promise<number> {
  const lines = [{ product_id: shop.bicycle, quantity }];
  const order = (await house.run(api, 'SalesOrders', { customer_id: shop.customer, requested_on: on, lines })).id as number;
  await house.run(api, `SalesOrders(${order})/confirm`);
  return order;
}

/** Frames and spokes on the shelf. */
export async function stocks(house: House, api: APIRequestContext, shop: Workshop): Promise<void> {
  const lines = [{ product_id: shop.frame, quantity: 10 }, { product_id: shop.spoke, quantity: 1000 }];
  const bought = (await house.run(api, 'PurchaseOrders', { supplier_id: shop.supplier, lines })).id as number;
  await house.run(api, `PurchaseOrders(${bought})/confirm`);
  await house.run(api, `PurchaseOrders(${bought})/receive`);
}

/** A work order for so many. */
export async function orders(house: House, api: APIRequestContext, product: number, quantity: number, due: string): Promise<number> {
  return (await house.run(api, 'WorkOrders', { product_id: product, quantity, due_on: due })).id as number;
}
