/** Cash in the coming weeks: what the bank says today, and what falls due, by week. */
import { daysBetween, plusDays } from '../../ui/format';

export interface Due {
  due_on: string | null;
  open: number;
}

export interface Week {
  /** Its Monday, or today for the first. */
  from: string;
  to: string;
  in: number;
  out: number;
  /** What the bank would say at its end. */
  balance: number;
}

export const WEEKS = 8;

const cents = (n: number) => Math.round(n * 100) / 100;

/** The Sunday on or after a day. */
function sunday(day: string): string {
  // 4 January 1970 was one.
  const since = daysBetween('1970-01-04', day);
  return plusDays(day, (7 - (((since % 7) + 7) % 7)) % 7);
}

/** What is overdue, or has no day, is expected in the week that runs; what falls due later than the last week is left out. */
export function outlook(start: number, receivable: Due[], payable: Due[], today: string): Week[] {
  const end = sunday(today);
  const weeks = Array.from({ length: WEEKS }, (_, i): Week => {
    const to = plusDays(end, 7 * i);
    return { from: i === 0 ? today : plusDays(to, -6), to, in: 0, out: 0, balance: 0 };
  });
  const weekOf = (day: string | null) => weeks.find((w) => day === null || day <= w.to);
  for (const due of receivable) {
    const week = weekOf(due.due_on);
    if (week) week.in = cents(week.in + due.open);
  }
  for (const due of payable) {
    const week = weekOf(due.due_on);
    if (week) week.out = cents(week.out + due.open);
  }
  let balance = start;
  for (const week of weeks) {
    balance = cents(balance + week.in - week.out);
    week.balance = balance;
  }
  return weeks;
}
