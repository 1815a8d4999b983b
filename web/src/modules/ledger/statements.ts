/** The statements as the server reads them from the ledger, in one shape for the page. */

export interface Line {
  account_id: number | null;
  code: string;
  name: string;
  amounts: number[];
}

export interface Block {
  title: string;
  lines: Line[];
  total: { label: string; amounts: number[] };
}

interface Item {
  account_id: number;
  code: string;
  name: string;
  amount: number;
}

export interface TrialBalance {
  on: string;
  value: { account_id: number; code: string; name: string; debit: number; credit: number; balance: number }[];
  debit: number;
  credit: number;
}

export interface ProfitAndLoss {
  from: string;
  to: string;
  income?: Item[];
  expense?: Item[];
  total_income: number;
  total_expense: number;
  result: number;
}

export interface BalanceSheet {
  on: string;
  assets: Item[];
  claims: Item[];
  result: number;
  total_assets: number;
  total_claims: number;
}

export interface VatReturn {
  period: string;
  value: {
    direction: 'output' | 'input';
    code: string;
    name: string;
    box: string | null;
    base: number;
    tax: number;
    records: number;
  }[];
  payable: number;
}

type T = (key: string) => string;

const round = (n: number) => Math.round(n * 100) / 100;

/** The same accounts of several periods side by side; one that is missing in a period stands at zero. */
export function beside(periods: (Item[] | undefined)[]): Line[] {
  const all = new Map<number, Line>();
  periods.forEach((items, i) => {
    for (const item of items ?? []) {
      const line = all.get(item.account_id) ?? {
        account_id: item.account_id,
        code: item.code,
        name: item.name,
        amounts: periods.map(() => 0),
      };
      line.amounts[i] = item.amount;
      all.set(item.account_id, line);
    }
  });
  return [...all.values()].sort((a, b) => a.code.localeCompare(b.code));
}

export function profitBlocks(periods: (ProfitAndLoss | undefined)[], t: T): Block[] {
  const expense = beside(periods.map((p) => p?.expense)).map((l) => ({ ...l, amounts: l.amounts.map((a) => -a) }));
  return [
    {
      title: t('books.income'),
      lines: beside(periods.map((p) => p?.income)),
      total: { label: t('books.income_total'), amounts: periods.map((p) => p?.total_income ?? 0) },
    },
    {
      title: t('books.costs'),
      lines: expense,
      total: { label: t('books.costs_total'), amounts: periods.map((p) => round(-(p?.total_expense ?? 0))) },
    },
    { title: '', lines: [], total: { label: t('books.result'), amounts: periods.map((p) => p?.result ?? 0) } },
  ];
}

export function balanceBlocks(sheets: (BalanceSheet | undefined)[], t: T): Block[] {
  const claims = beside(sheets.map((s) => s?.claims));
  const result: Line = {
    account_id: null,
    code: '',
    name: t('books.result_so_far'),
    amounts: sheets.map((s) => s?.result ?? 0),
  };
  return [
    {
      title: t('books.assets'),
      lines: beside(sheets.map((s) => s?.assets)),
      total: { label: t('books.assets_total'), amounts: sheets.map((s) => s?.total_assets ?? 0) },
    },
    {
      title: t('books.claims'),
      lines: [...claims, result],
      total: { label: t('books.claims_total'), amounts: sheets.map((s) => s?.total_claims ?? 0) },
    },
  ];
}

/** The change in percent; none from nothing. */
export function change(now: number | undefined, before: number | undefined): number | null {
  return now === undefined || !before ? null : (now - before) / Math.abs(before);
}

export function lastOfMonth(day: string): string {
  const [y, m] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(y, m, 0)).toISOString().slice(0, 10);
}

export function yearBefore(day: string): string {
  const [y, m, d] = day.split('-').map(Number) as [number, number, number];
  const last = Number(lastOfMonth(`${y - 1}-${String(m).padStart(2, '0')}-01`).slice(8));
  return `${y - 1}-${String(m).padStart(2, '0')}-${String(Math.min(d, last)).padStart(2, '0')}`;
}
