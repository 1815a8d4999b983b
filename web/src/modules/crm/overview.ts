/** What the server knows about a customer at once. */
import type { Readiness } from '../../ui/marks';

export interface PersonRef {
  id: number;
  name: string;
  phone: string | null;
  email: string | null;
  job_title: string | null;
}

export interface Overview {
  owed: number;
  overdue: number;
  credit_limit: number | null;
  credit_left: number | null;
  open_quotes: { count: number; amount: number };
  open_orders: { count: number; amount: number };
  open_deliveries: { count: number };
  open_cases: { count: number };
  profit: { total: number; years: { year: number; revenue: number; profit: number }[]; sales_before_start: number };
  usual: { product_id: number; product: string; orders: number; quantity: number; last_on: string; free: number }[];
  ready: Record<string, Readiness>;
  decides?: PersonRef[] | null;
  uses?: PersonRef[] | null;
  pays?: PersonRef[] | null;
  contacts?: PersonRef[] | null;
}

export interface Happened {
  entity: string;
  id: number;
  title: string;
  on: string | null;
  state: string;
  amount: number | null;
  at: string | null;
}
