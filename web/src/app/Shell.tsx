import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, Refused } from '../api/client';
import { canUndo, refresh, undoLast } from '../api/commands';
import { useLive } from '../api/live';
import { useModel } from '../api/model';
import { type Action, useActions } from '../ui/keys';
import { say } from '../ui/Toasts';
import { pages } from './modules';
import { Nav, TabBar } from './Nav';
import { usePlaces } from './places';
import { chosenTheme, nextTheme, paint } from './theme';
import { beginCatching } from './typeahead';

const palette = () => import('./Palette');
const Palette = lazy(palette);
const KeyHelp = lazy(() => import('./KeyHelp'));

type Open = 'palette' | 'create' | 'help' | null;

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [open, show] = useState<Open>(null);
  const setOpen = (what: Open) => {
    if (what === 'palette' || what === 'create') beginCatching();
    show(what);
  };
  // Fetched with the first sign of life, not with the page.
  useEffect(() => {
    const load = () => void palette();
    window.addEventListener('keydown', load, { once: true });
    window.addEventListener('pointermove', load, { once: true });
    return () => {
      window.removeEventListener('keydown', load);
      window.removeEventListener('pointermove', load);
    };
  }, []);
  const [folded, setFolded] = useState(localStorage.getItem('celota.folded') === 'yes');
  useLive();
  const actions = useGlobalActions(setOpen);
  useActions([
    ...actions,
    {
      id: 'fold',
      label: t('app.fold'),
      keys: ['['],
      run: () => {
        localStorage.setItem('celota.folded', folded ? 'no' : 'yes');
        setFolded(!folded);
      },
    },
  ]);
  return (
    <>
      <a className="skip" href="#main">
        {t('app.skip')}
      </a>
      <div className={`app ${folded ? 'folded' : ''}`}>
        <Nav onSearch={() => setOpen('palette')} onHelp={() => setOpen('help')} />
        {children}
      </div>
      <TabBar onSearch={() => setOpen('palette')} onNew={() => setOpen('create')} />
      <Suspense fallback={null}>
        {(open === 'palette' || open === 'create') && <Palette start={open} onClose={() => setOpen(null)} />}
        {open === 'help' && <KeyHelp onClose={() => setOpen(null)} />}
      </Suspense>
    </>
  );
}

function useGlobalActions(setOpen: (open: Open) => void): Action[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const model = useModel();
  const places = usePlaces();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const goes = places
    .filter((p) => p.keys)
    .map(
      (p): Action => ({
        id: `go-${p.path}`,
        label: t('app.go', { where: p.label }),
        keys: p.keys ?? [],
        quiet: true,
        run: () => navigate({ to: p.path }),
      }),
    );
  const shortcuts = pages
    .filter((p) => p.keys && (!p.needs || p.needs in model.entities))
    .map(
      (p): Action => ({
        id: `page-${p.path}`,
        label: t(p.label),
        keys: p.keys ?? [],
        quiet: true,
        ...(p.lands ? { lands: true } : {}),
        run: () => navigate({ to: `/${p.path}` }),
      }),
    );
  async function undo() {
    if (!canUndo()) return say(t('app.nothing_to_undo'));
    try {
      await undoLast();
      await refresh(client);
      say(t('app.undone'));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say(`${error.message} ${error.advice}`);
    }
  }
  async function turn() {
    const theme = nextTheme(chosenTheme());
    paint(theme);
    await call('PATCH', '/api/session', { body: { theme } }).catch(() => undefined);
    say(t(`theme.${theme}`));
  }
  return [
    { id: 'palette', label: t('palette.title'), keys: ['mod+k'], quiet: true, run: () => setOpen('palette') },
    { id: 'search', label: t('app.search'), keys: ['/'], quiet: true, run: () => setOpen('palette') },
    { id: 'help', label: t('keys.title'), keys: ['?'], run: () => setOpen('help') },
    { id: 'create', label: t('app.create'), keys: ['c'], quiet: true, run: () => setOpen('create') },
    { id: 'undo', label: t('app.undo'), keys: ['z'], run: () => void undo() },
    { id: 'theme', label: t('theme.turn'), run: () => void turn() },
    ...goes,
    ...shortcuts.filter((s) => !path.startsWith(`/${s.id.slice(5)}`)),
  ];
}
