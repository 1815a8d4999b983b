/** The bar at the top of a page: where one is, and what can be done here. */
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';

export interface Crumb {
  label: string;
  to: string;
}

export function Top({
  title,
  crumbs = [],
  children,
  heading = true,
}: {
  title: string;
  crumbs?: Crumb[];
  children?: ReactNode;
  heading?: boolean;
}) {
  return (
    <header className="top">
      <div className="crumbs">
        {crumbs.map((crumb) => (
          <Fragment key={crumb.label}>
            <Link className="opt-d" to={crumb.to} activeOptions={{ exact: true }}>
              {crumb.label}
            </Link>
            <span className="opt-d">
              <ChevronRight className="i s" aria-hidden="true" />
            </span>
          </Fragment>
        ))}
        {heading ? <h1 className="cut">{title}</h1> : <span className="cut strong">{title}</span>}
      </div>
      <div className="acts">{children}</div>
    </header>
  );
}

/** The keys that matter on this page, five at most. */
export function Foot({ keys, children }: { keys: [string[], string][]; children?: ReactNode }) {
  return (
    <div className="foot-bar">
      <div className="keys" aria-hidden="true">
        {keys.map(([caps, what]) => (
          <span key={what}>
            {caps.map((cap) => (
              <kbd key={cap}>{cap}</kbd>
            ))}
            {what}
          </span>
        ))}
      </div>
      {children}
    </div>
  );
}
