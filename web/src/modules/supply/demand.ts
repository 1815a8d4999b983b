/** What is expected of products and groups, month by month, as the demand page shows it. */

export interface DemandCell {
  statistical: number | null;
  adjusted: number | null;
  reason: string | null;
  /** What counts: the statistics, or what a person has set, here or for the group. */
  forecast: number;
  ordered: number;
  /** Offered and counted in full. */
  likely: number;
  /** Of what else is offered, the expected quantity. */
  expected: number;
  /** What of the forecast nobody has made true yet. */
  left: number;
  last_year: number | null;
}

export interface Made {
  forecast_id: number;
  method: string | null;
  season: number | null;
  history_months: number;
  deviation: number | null;
  mase: number | null;
  made_on: string;
}

interface Row {
  code: string;
  name: string;
  last_year: number;
  made: Made | null;
  cells: DemandCell[];
}

export interface ProductRow extends Row {
  product_id: number;
  group_id: number | null;
  by_forecast: boolean;
  safety_stock: number;
  service_level_percent: number | null;
}

export interface GroupRow extends Row {
  group_id: number;
}

export interface Sheet {
  months: string[];
  value: ProductRow[];
  groups: GroupRow[];
}

export type DemandRow = ({ kind: 'product'; inner: boolean } & ProductRow) | ({ kind: 'group' } & GroupRow);

export const keyOf = (row: DemandRow) => (row.kind === 'group' ? `g${row.group_id}` : `p${row.product_id}`);

/** Groups with their products below them, then what is in none. */
export function ordered(sheet: Sheet): DemandRow[] {
  const of = (group: number | null) =>
    sheet.value
      .filter((row) => (sheet.groups.some((g) => g.group_id === row.group_id) ? row.group_id : null) === group)
      .map((row) => ({ kind: 'product' as const, inner: group !== null, ...row }));
  return [...sheet.groups.flatMap((g) => [{ kind: 'group' as const, ...g }, ...of(g.group_id)]), ...of(null)];
}

/** `11/2026` */
export const monthName = (month: string) => `${Number(month.slice(5))}/${month.slice(0, 4)}`;

/** What is to be expected of a month in all: what is left of the forecast, and what is known. */
export const demandOf = (c: DemandCell) => c.left + c.ordered + c.likely + c.expected;
