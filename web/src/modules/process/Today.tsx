/** One inbox for what wants me; done in place, with keys. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { AlertTriangle, Banknote, Box, Check, Clock, type LucideIcon, Truck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session';
import { Foot, Top } from '../../record/Top';
import { age, date, longDay, money } from '../../ui/format';
import { useActions } from '../../ui/keys';
import { Bars, Empty } from '../../ui/notes';
import { useInbox, type Wanting } from './inbox';
import { Opened } from './Opened';

const ICONS: Record<Wanting['group'], LucideIcon> = {
  tasks: Check,
  stopped: AlertTriangle,
  due: Clock,
  ship: Box,
  receive: Truck,
  short: Truck,
  money: Banknote,
  overdue: Clock,
};
const ORDER: Wanting['group'][] = ['stopped', 'tasks', 'due', 'ship', 'receive', 'money', 'overdue'];

export default function Today() {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const { at } = useSearch({ strict: false }) as { at?: string };
  const { items, waiting } = useInbox();
  const [later, setLater] = useState<Set<string>>(new Set());
  const shown = ORDER.flatMap((g) => items.filter((i) => i.group === g && !later.has(i.key)));
  const current = shown.find((i) => i.key === at) ?? shown[0];
  const index = current ? shown.indexOf(current) : -1;
  const go = (to: number) => {
    const next = shown[Math.max(0, Math.min(shown.length - 1, to))];
    if (next) void navigate({ to: '/today', search: { at: next.key } as never, replace: window.innerWidth > 720 });
  };
  useActions([
    { id: 'down', label: t('keys.next_row'), keys: ['j', 'ArrowDown'], quiet: true, run: () => go(index + 1) },
    { id: 'up', label: t('keys.previous_row'), keys: ['k', 'ArrowUp'], quiet: true, run: () => go(index - 1) },
    ...(current
      ? [{ id: 'later', label: t('money.later'), keys: ['h'], run: () => setLater(new Set([...later, current.key])) }]
      : []),
  ]);
  return (
    <main className="page" id="main">
      <Top title={t('today.title')} />
      <div className={`cols ${current ? 'split' : ''} ${at ? 'opened' : ''}`}>
        <div className="pane left">
          <div className="hello">
            <p className="big">{shown.length > 0 ? t('today.want', { count: shown.length }) : t('today.nothing')}</p>
            <p className="ink2 read">{longDay(session.today)}</p>
          </div>
          {waiting && shown.length === 0 && <Bars />}
          {!waiting && shown.length === 0 && <Empty title={t('today.nothing')}>{t('today.nothing_text')}</Empty>}
          {ORDER.map((group) => {
            const own = shown.filter((i) => i.group === group);
            if (own.length === 0) return null;
            return (
              <section key={group} aria-label={t(`today.groups.${group}`)}>
                <div className="ghead">
                  <h2>{t(`today.groups.${group}`)}</h2>
                  <span className="count">{own.length}</span>
                </div>
                <ul className="items">
                  {own.map((item) => (
                    <Item
                      key={item.key}
                      item={item}
                      current={item === current}
                      onCurrent={() => go(shown.indexOf(item))}
                    />
                  ))}
                </ul>
              </section>
            );
          })}
        </div>
        {current && (
          <div className="pane">
            <Opened key={current.key} item={current} onLater={() => setLater(new Set([...later, current.key]))} />
          </div>
        )}
      </div>
      <Foot
        keys={[
          [['J', 'K'], t('keys.move')],
          [['Enter'], t('app.open')],
          [['A'], t('today.do')],
          [['H'], t('money.later')],
          [['Z'], t('app.undo')],
        ]}
      />
    </main>
  );
}

function Item({ item, current, onCurrent }: { item: Wanting; current: boolean; onCurrent: () => void }) {
  const Icon = ICONS[item.group];
  const amount = item.end ? money(item.row[item.end]) : '';
  const when = item.at ? (item.at.length > 10 ? age(item.at) : date(item.at)) : '';
  return (
    <li>
      <button
        type="button"
        className={`item ${current ? 'cur cur-bar' : ''}`}
        aria-current={current || undefined}
        onClick={onCurrent}
      >
        <Icon className={`i ${item.group === 'stopped' ? 'bad' : item.late ? 'warn' : ''}`} aria-hidden="true" />
        <span className="what cut">
          <span className="strong">{item.title}</span> <span className="ink3">{item.note}</span>
        </span>
        <span className="num end">{amount}</span>
        <span className={`age num small ${item.late ? 'warn' : 'ink3'}`}>{when}</span>
      </button>
    </li>
  );
}
