/** Sentences on the page: what is wrong, what belongs here, what is on its way. */
import { AlertTriangle, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { Mark } from './marks';

export function Note({
  tone = 'plain',
  children,
  action,
}: {
  tone?: 'plain' | 'warn' | 'bad';
  children: ReactNode;
  action?: ReactNode;
}) {
  const Icon = tone === 'plain' ? Info : AlertTriangle;
  return (
    <div className={`note ${tone === 'plain' ? '' : `${tone}-n`}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon className="i" aria-hidden="true" />
      <div className="grow">{children}</div>
      {action}
    </div>
  );
}

/** A no of the server: what is, and what to do. */
export function Problem({ message, advice, action }: { message: string; advice?: string; action?: ReactNode }) {
  return (
    <Note tone="bad" action={action}>
      <span className="strong">{message}</span> {advice}
    </Note>
  );
}

/** Says what belongs here, and offers the first step. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Mark className="mark dim" />
      <strong>{title}</strong>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Grey bars in the place of text that is late; nothing for what is quick. */
export function Bars({ rows = 6 }: { rows?: number }) {
  return (
    <div className="bars-wait" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} style={{ width: `${72 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
