import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import {
  Banknote,
  Box,
  CalendarRange,
  ChevronsUpDown,
  CircleHelp,
  Contrast,
  Factory,
  FileText,
  Inbox,
  type LucideIcon,
  Menu as MenuIcon,
  Plus,
  ScanLine,
  Search,
  Settings,
  ShoppingCart,
  Truck,
  User,
  Users,
  Workflow,
  Wrench,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { call } from '../api/client';
import { sessionQuery, useSession } from '../api/session';
import { learnWords } from '../api/words';
import { useOwnViews } from '../record/views';
import { Menu } from '../ui/Menu';
import { Mark, Person } from '../ui/marks';
import { speakLanguage } from './i18n';
import { type AreaPlaces, useAreas } from './places';
import { chosenTheme, nextTheme, paint } from './theme';

export const AREA_ICONS: Record<string, LucideIcon> = {
  relationships: Users,
  sales: ShoppingCart,
  plan: CalendarRange,
  purchasing: Truck,
  production: Factory,
  warehouse: Box,
  finance: Banknote,
  people: User,
  equipment: Wrench,
  documents: FileText,
  processes: Workflow,
  settings: Settings,
};

export function Nav({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const { t } = useTranslation();
  const areas = useAreas();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const at = useRouterState({ select: (s) => s.location.href });
  const now = areas.find((a) => a.places.some((p) => path === p.path || path.startsWith(`${p.path}/`)))?.name;
  return (
    <nav className="nav" aria-label={t('app.areas')}>
      <Firm />
      <Link to="/today" aria-current={path === '/today' ? 'page' : undefined}>
        <Inbox className="i" aria-hidden="true" />
        {t('today.title')}
      </Link>
      <button type="button" onClick={onSearch}>
        <Search className="i" aria-hidden="true" />
        {t('app.search')}
        <span className="end">Ctrl K</span>
      </button>
      <div className="gap" />
      {areas
        .filter((a) => a.name !== 'settings')
        .map((area) => (
          <AreaLinks key={area.name} area={area} open={area.name === now} path={path} href={at} />
        ))}
      <div className="foot">
        {areas
          .filter((a) => a.name === 'settings')
          .map((area) => (
            <AreaLinks key={area.name} area={area} open={area.name === now} path={path} href={at} />
          ))}
        <Own onHelp={onHelp} />
      </div>
    </nav>
  );
}

function AreaLinks({ area, open, path, href }: { area: AreaPlaces; open: boolean; path: string; href: string }) {
  const Icon = AREA_ICONS[area.name] ?? FileText;
  const [first] = area.places;
  const views = useOwnViews();
  const navigate = useNavigate();
  if (!first) return null;
  // A page may stand below another: the nearest is where one is.
  const above = area.places.map((p) => p.path).filter((p) => path === p || path.startsWith(`${p}/`));
  const here = above.toSorted((a, b) => b.length - a.length)[0];
  return (
    <>
      <a
        href={first.path}
        onClick={(e) => {
          if (e.ctrlKey || e.metaKey) return;
          e.preventDefault();
          void navigate({ to: first.path });
        }}
      >
        <Icon className="i" aria-hidden="true" />
        {area.label}
      </a>
      {open && (
        <div className="views">
          {area.places.map((place) => (
            <Link
              key={place.path}
              to={place.path}
              activeOptions={{ exact: true }}
              aria-current={here === place.path ? 'page' : undefined}
            >
              {place.label}
            </Link>
          ))}
          {views
            .filter((v) => area.places.some((p) => p.path === `/${v.set}`))
            .map((view) => (
              <Link
                key={view.id}
                to={`/${view.set}`}
                search={view.search as never}
                activeOptions={{ exact: true, includeSearch: true }}
                aria-current={href.includes(encodeURIComponent(view.id)) ? 'page' : undefined}
              >
                {view.name}
              </Link>
            ))}
        </div>
      )}
    </>
  );
}

function Firm() {
  const { t } = useTranslation();
  const session = useSession();
  const client = useQueryClient();
  const name = session.company?.name ?? 'Celota';
  const inside = (
    <>
      <Mark />
      <span className="cut">{name}</span>
    </>
  );
  if (session.companies.length < 2) return <div className="firm">{inside}</div>;
  async function work(company: number) {
    await call('PATCH', '/api/session', { body: { company_id: company } });
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await client.invalidateQueries();
  }
  return (
    <Menu
      label={t('app.company')}
      items={session.companies.map((c) => ({
        id: String(c.id),
        label: c.name,
        checked: c.id === session.company?.id,
        run: () => void work(c.id),
      }))}
      trigger={
        <button type="button" className="firm" aria-label={`${name}. ${t('app.company')}`}>
          {inside}
          <ChevronsUpDown className="i s" aria-hidden="true" />
        </button>
      }
    />
  );
}

function Own({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  async function change(own: { theme?: string; language?: string }) {
    await call('PATCH', '/api/session', { body: own });
    if (own.language) await Promise.all([speakLanguage(own.language), learnWords(own.language)]);
    await client.invalidateQueries();
  }
  async function leave() {
    await call('POST', '/api/sign-out').catch(() => undefined);
    client.clear();
    await navigate({ to: '/today' });
    client.setQueryData(sessionQuery.queryKey, { kind: 'out' });
  }
  const turn = () => {
    const theme = nextTheme(chosenTheme());
    paint(theme);
    void change({ theme });
  };
  const other = session.user.language === 'sl' ? 'en' : 'sl';
  return (
    <>
      <button type="button" onClick={turn}>
        <Contrast className="i" aria-hidden="true" />
        {t(`theme.${chosenTheme()}`)}
      </button>
      <button type="button" onClick={onHelp}>
        <CircleHelp className="i" aria-hidden="true" />
        {t('keys.title')}
        <span className="end">?</span>
      </button>
      <Menu
        label={session.user.name}
        items={[
          {
            id: 'language',
            label: other === 'sl' ? 'Slovensko' : 'English',
            run: () => void change({ language: other }),
          },
          { id: 'leave', label: t('signin.out'), run: () => void leave() },
        ]}
        trigger={
          <button type="button">
            <Person name={session.user.name} />
            <span className="cut">{session.user.name}</span>
          </button>
        }
      />
    </>
  );
}

/** The bar at the thumb. */
export function TabBar({ onSearch, onNew }: { onSearch: () => void; onNew: () => void }) {
  const { t } = useTranslation();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const current = (to: string) => (path === to ? ('page' as const) : undefined);
  return (
    <nav className="tabbar" aria-label={t('app.main')}>
      <Link to="/today" aria-current={current('/today')}>
        <Inbox className="i" aria-hidden="true" />
        {t('today.title')}
      </Link>
      <button type="button" onClick={onSearch}>
        <Search className="i" aria-hidden="true" />
        {t('app.search')}
      </button>
      <Link to="/receive" aria-current={current('/receive')}>
        <ScanLine className="i" aria-hidden="true" />
        {t('app.scan')}
      </Link>
      <button type="button" onClick={onNew}>
        <Plus className="i" aria-hidden="true" />
        {t('app.new')}
      </button>
      <Link to="/areas" aria-current={current('/areas')}>
        <MenuIcon className="i" aria-hidden="true" />
        {t('app.areas')}
      </Link>
    </nav>
  );
}
