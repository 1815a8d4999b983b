/** From one of the planner's pages to another. */
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

const PAGES = [
  ['/plan', 'plan.bench'],
  ['/plan/demand', 'demand.title'],
  ['/plan/board', 'board.title'],
  ['/plan/load', 'load.title'],
  ['/plan/purchases', 'purchases.title'],
  ['/plan/scenario', 'scenario.title'],
] as const;

export function PlanTabs() {
  const { t } = useTranslation();
  const path = useLocation().pathname;
  const tabs = useRef<HTMLElement>(null);
  // On a phone the row is longer than the screen: where one stands is seen.
  useEffect(() => {
    tabs.current?.querySelector(`a[href="${path}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [path]);
  return (
    <nav ref={tabs} className="tabs plan-tabs" aria-label={t('plan.pages')}>
      {PAGES.map(([to, label]) => (
        <Link key={to} to={to} activeOptions={{ exact: true }} aria-current={path === to ? 'page' : undefined}>
          {t(label)}
        </Link>
      ))}
    </nav>
  );
}
