import type { AppModule } from '../../record/module';

export const process: AppModule = {
  pages: [{ path: 'today', label: 'today.title', component: () => import('./Today') }],
  records: { Case: () => import('./CasePage'), Diagram: () => import('./DiagramPage') },
};
