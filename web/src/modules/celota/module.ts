import type { AppModule } from '../../record/module';

export const celota: AppModule = {
  pages: [
    { path: 'custom-fields', area: 'settings', label: 'fields.title', component: () => import('./CustomFields') },
    { path: 'import', area: 'settings', label: 'import.title', component: () => import('./Import') },
  ],
};
