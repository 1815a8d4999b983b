import type { AppModule } from '../../record/module';

export const crm: AppModule = {
  pages: [
    {
      path: 'pipeline',
      area: 'relationships',
      label: 'pipeline.title',
      needs: 'Opportunity',
      component: () => import('./Pipeline'),
    },
    {
      path: 'call',
      label: 'call.title',
      keys: ['l'],
      lands: true,
      needs: 'Opportunity',
      component: () => import('./Call'),
    },
  ],
  records: { Party: () => import('./CustomerPage') },
};
