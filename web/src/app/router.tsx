import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { readListSearch } from '../record/paths';
import { Frame } from './Frame';
import ListRoute from './ListRoute';
import { Missing } from './Missing';
import { pages } from './modules';
import RecordRoute from './RecordRoute';

const root = createRootRoute({ component: Frame, notFoundComponent: Missing });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/today' });
  },
});

const own = pages.map((page) =>
  createRoute({
    getParentRoute: () => root,
    path: page.path,
    validateSearch: (raw: Record<string, unknown>) => raw,
    component: lazyRouteComponent(page.component),
  }),
);

const areas = createRoute({
  getParentRoute: () => root,
  path: '/areas',
  component: lazyRouteComponent(() => import('./Areas')),
});

const list = createRoute({
  getParentRoute: () => root,
  path: '/$set',
  validateSearch: readListSearch,
  component: ListRoute,
});

const record = createRoute({
  getParentRoute: () => root,
  path: '/$set/$id',
  validateSearch: (raw: Record<string, unknown>) => raw,
  component: RecordRoute,
});

export const router = createRouter({
  routeTree: root.addChildren([home, areas, ...own, list, record]),
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  scrollRestoration: true,
});
