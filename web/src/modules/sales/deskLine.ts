/** A line of the order desk, from what is typed to what is known about it. */

export interface Known {
  product_id: number;
  code: string;
  name: string;
  unit_id: number | null;
  tax_code_id: number | null;
  unit_price: number;
  net: number;
  margin: number;
  margin_percent: number | null;
  free: number;
  /** What other warehouses have. */
  elsewhere?: { warehouse_id: number; warehouse: string; free: number }[];
  available_on: string | null;
  by: 'service' | 'stock' | 'supply' | 'offer' | 'nothing' | 'plan';
  reason: string | null;
  /** What would bring it sooner, and when. */
  sooner?: string;
}

export interface DeskLine {
  key: string;
  quantity: number;
  /** What was typed, for as long as no article is found for it. */
  typed: string;
  product: { id: number; title: string } | null;
  /** A price other than the list's. */
  price: number | null;
  discount: number | null;
  /** Nothing is called like that; the line stays as typed. */
  missing: boolean;
}

let made = 0;

export function newLine(typed: string, quantity: number, product: DeskLine['product'] = null): DeskLine {
  made += 1;
  return { key: `${Date.now()}-${made}`, quantity, typed, product, price: null, discount: null, missing: false };
}

/** `3 han160`, `3x han160`, `2,5 m2 veneer`, `han160 3` (a number at the end, behind a tab), `han160`. */
export function readLine(text: string, parse: (n: string) => number | null): { quantity: number; words: string } {
  const cells = text
    .trim()
    .split(/\t|;/)
    .map((c) => c.trim())
    .filter(Boolean);
  if (cells.length >= 2) {
    const at = cells.findIndex((c) => /^[\d.,]+$/.test(c));
    const quantity = at >= 0 ? parse(cells[at] ?? '') : null;
    if (quantity !== null) return { quantity, words: cells.filter((_, i) => i !== at)[0] ?? '' };
  }
  const first = /^([\d.,]+)\s*(?:[x×*]\s*|\s+)(.+)$/.exec(text.trim());
  const quantity = first ? parse(first[1] ?? '') : null;
  if (first && quantity !== null && quantity > 0) return { quantity, words: (first[2] ?? '').trim() };
  return { quantity: 1, words: text.trim() };
}

/** A pasted block as lines: one a row. */
export function readBlock(text: string, parse: (n: string) => number | null): { quantity: number; words: string }[] {
  return text
    .split(/\r?\n/)
    .map((row) => row.trim())
    .filter(Boolean)
    .map((row) => readLine(row, parse));
}
