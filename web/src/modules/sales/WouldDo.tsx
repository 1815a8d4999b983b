/** What making this order would do, in sentences; it follows by itself while one types. */
import { AlertTriangle, Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { date, quantity } from '../../ui/format';
import type { Desk } from './desk';
import type { DeskLine, Known } from './deskLine';

interface Pair {
  line: DeskLine;
  known: Known;
}

export function WouldDo({ desk, known, date: all }: { desk: Desk; known: (Known | undefined)[]; date: string | null }) {
  const { t } = useTranslation();
  const pairs = desk.lines.flatMap((line, i): Pair[] => (known[i] ? [{ line, known: known[i] }] : []));
  const named = (list: Pair[]) => list.map((p) => `${quantity(p.line.quantity)} × ${p.known.name}`).join(', ');
  const of = (by: Known['by']) => pairs.filter((p) => p.known.by === by);
  const low = pairs.filter((p) => p.known.margin < 0);
  return (
    <div className="what">
      <div className="head">
        <h2>{t('desk.would')}</h2>
      </div>
      {pairs.length === 0 ? (
        <p className="ink3">{t('desk.type_first')}</p>
      ) : (
        <ul className="would">
          {of('stock').length > 0 && <Said>{t('desk.holds', { what: named(of('stock')) })}</Said>}
          {of('supply').length > 0 && <Said>{t('desk.coming', { what: named(of('supply')) })}</Said>}
          {of('offer').length > 0 && <Said warn>{t('desk.buys', { what: named(of('offer')) })}</Said>}
          {of('plan').length > 0 && <Said>{t('desk.plans', { what: named(of('plan')) })}</Said>}
          {of('plan').map(({ line, known: k }) =>
            k.sooner ? (
              <Said key={line.key}>
                {k.name}: {k.sooner}
              </Said>
            ) : null,
          )}
          {of('nothing').length > 0 && <Said warn>{t('desk.nobody', { what: named(of('nothing')) })}</Said>}
          {all && (
            <Said warn={desk.wanted !== null && all > desk.wanted}>
              {desk.wanted === null
                ? t('desk.all_on', { date: date(all) })
                : all > desk.wanted
                  ? t('desk.too_late', { date: date(all), wanted: date(desk.wanted) })
                  : t('desk.in_time', { date: date(all) })}
            </Said>
          )}
          {low.length > 0 && <Said warn>{t('desk.below_cost', { what: named(low) })}</Said>}
        </ul>
      )}
    </div>
  );
}

function Said({ warn = false, children }: { warn?: boolean; children: ReactNode }) {
  const Icon = warn ? AlertTriangle : Check;
  return (
    <li className={warn ? 'warn' : ''}>
      <Icon className="i s" aria-hidden="true" />
      <span>{children}</span>
    </li>
  );
}
