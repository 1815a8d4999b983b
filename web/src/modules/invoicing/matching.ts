/** What a bank line may pay, as ranked proposals of which Enter takes the first. */

export interface Candidate {
  kind: 'invoice' | 'supplier_invoice' | 'credit_note';
  id: number;
  number: string;
  party_id: number;
  party: string;
  open: number;
  due_on: string | null;
  amount: number;
  score: number;
  why: string;
}

export interface Choice {
  id: string;
  lines: Candidate[];
  /** What of the line pays nothing and stands on account. */
  rest: number;
  sure: boolean;
}

const cents = (n: number) => Math.round(n * 100);

/** One document that fits, several of one party that add up, or a part: best first, three at most. */
export function choicesFor(amount: number, candidates: Candidate[]): Choice[] {
  const wanted = cents(Math.abs(amount));
  const out: Choice[] = [];
  const add = (lines: Candidate[]) => {
    const paid = lines.reduce((sum, l) => sum + cents(l.amount), 0);
    const id = lines.map((l) => `${l.kind}${l.id}`).join('+');
    if (lines.length === 0 || out.some((c) => c.id === id)) return;
    const score = Math.max(...lines.map((l) => l.score));
    out.push({ id, lines, rest: (wanted - paid) / 100, sure: paid === wanted && score >= 45 });
  };
  const several = together(wanted, candidates);
  const [best] = candidates;
  const exact = candidates.find((c) => cents(c.open) === wanted);
  if (exact && exact === best) add([exact]);
  if (several) add(several);
  if (exact) add([exact]);
  for (const c of candidates.slice(0, 3)) add([{ ...c, amount: Math.min(cents(c.open), wanted) / 100 }]);
  return out.slice(0, 3);
}

/** What a party owes and what it is owed are never paid as one. */
const accountOf = (c: Candidate) => `${c.party_id} ${c.kind === 'supplier_invoice'}`;

/** The oldest open documents of one party that add up to the line, to the cent. */
function together(wanted: number, candidates: Candidate[]): Candidate[] | null {
  const accounts = [...new Set(candidates.map(accountOf))];
  for (const account of accounts) {
    const own = candidates.filter((c) => accountOf(c) === account).slice(0, 10);
    for (let mask = 1; mask < 1 << own.length; mask += 1) {
      const picked = own.filter((_, i) => mask & (1 << i));
      if (picked.length > 1 && picked.reduce((sum, c) => sum + cents(c.open), 0) === wanted)
        return picked.map((c) => ({ ...c, amount: c.open }));
    }
  }
  return null;
}

export function bodyOf(choice: Choice): Record<string, unknown> {
  return {
    lines: choice.lines.map((l) => ({
      [l.kind === 'supplier_invoice' ? 'supplier_invoice_id' : 'invoice_id']: l.id,
      amount: l.amount,
    })),
  };
}
