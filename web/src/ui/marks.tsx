/** Marks that stand beside a word, never alone. */
import { AlertTriangle, Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { initials } from './format';

const DONE = new Set([
  'posted',
  'closed',
  'shipped',
  'received',
  'won',
  'ended',
  'done',
  'matched',
  'paid',
  'published',
  'completed',
  'fulfilled',
]);
const OPEN = new Set(['draft', 'open', 'lead', 'waiting', 'new', 'proposed']);
const OVER = new Set(['cancelled', 'lost', 'reversed', 'retired', 'ignored', 'archived', 'skipped', 'revoked']);
const STOPPED = new Set(['stopped', 'failed', 'overdue']);
const HALF = new Set(['qualified', 'quoted', 'partly', 'running']);

/** How a state is drawn; the word says what it means. */
export function stateLook(state: string): string {
  if (DONE.has(state)) return 'ok-s';
  if (OPEN.has(state)) return 'open';
  if (OVER.has(state)) return '';
  if (STOPPED.has(state)) return 'bad-s';
  return HALF.has(state) ? 'half' : 'now';
}

export function State({ state, children }: { state: string; children: ReactNode }) {
  return <span className={`st ${stateLook(state)}`}>{children}</span>;
}

/** How whole an order is: order, delivery, invoice, payment, each 0 to 1. */
export function Ring({
  parts,
  stopped = false,
  large = false,
}: {
  parts: number[];
  stopped?: boolean;
  large?: boolean;
}) {
  const whole = parts.length > 0 && parts.every((p) => p >= 1);
  const dash = parts.map((p) => {
    const filled = Math.max(0, Math.min(1, p)) * 18;
    return filled > 0 ? `${filled} ${25 - filled}` : '0 25';
  });
  const look = `ring${large ? ' l' : ''}${stopped ? ' stop' : whole ? ' whole' : ''}`;
  return (
    <svg className={look} viewBox="0 0 18 18" aria-hidden="true">
      <circle className="t" cx="9" cy="9" r="6.8" pathLength="100" strokeDasharray="18 7" />
      {parts.some((p) => p > 0) && (
        <circle className="f" cx="9" cy="9" r="6.8" pathLength="100" strokeDasharray={dash.join(' ')} />
      )}
    </svg>
  );
}

export function Mark({ className = 'mark' }: { className?: string }) {
  return (
    <svg className={className} viewBox="0 0 24 24" aria-hidden="true">
      <path d="M20.6 10.2A8.8 8.8 0 0 0 13.8 3.4" />
      <path d="M10.2 20.6A8.8 8.8 0 0 1 3.4 13.8" />
      <path d="M20.6 13.8A8.8 8.8 0 0 1 13.8 20.6" />
      <path className="m" d="M1.9 8.7A8.8 8.8 0 0 1 8.7 1.9" />
    </svg>
  );
}

const TINTS = ['', 'a', 'b', 'c', 'd'];

export function Person({ name }: { name: string }) {
  const tint = TINTS[[...name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % TINTS.length];
  return (
    <span className={`av ${tint}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

export interface Readiness {
  ok: boolean;
  missing: (string | { text: string })[];
}

/** What each later step still needs, in words. */
export function ReadyFor({ title, steps }: { title: string; steps: { name: string; state: Readiness }[] }) {
  return (
    <ul className="ready" aria-label={title}>
      <li className="ink3" aria-hidden="true">
        {title}
      </li>
      {steps.map(({ name, state }) => (
        <li key={name} className={state.ok ? '' : 'no'}>
          {state.ok ? (
            <Check className="i s" aria-hidden="true" />
          ) : (
            <AlertTriangle className="i s" aria-hidden="true" />
          )}
          {state.ok ? name : `${name}: ${state.missing.map((m) => (typeof m === 'string' ? m : m.text)).join(' ')}`}
        </li>
      ))}
    </ul>
  );
}

/** Figures that matter, at most five, each with a line that says how to read it. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className="figs">{children}</dl>;
}

export function Figure({
  label,
  children,
  sub,
  tone = '',
}: {
  label: string;
  children: ReactNode;
  sub?: ReactNode;
  tone?: '' | 'bad' | 'warn';
}) {
  return (
    <div className="fig">
      <dt>{label}</dt>
      <dd className={tone}>
        {children}
        {sub && <span className={`sub ${tone}`}>{sub}</span>}
      </dd>
    </div>
  );
}
