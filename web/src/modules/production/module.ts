import type { AppModule } from '../../record/module';

export const production: AppModule = {
  pages: [
    {
      path: 'foreman',
      area: 'production',
      label: 'foreman.title',
      needs: 'WorkOrder',
      component: () => import('./Foreman'),
    },
    {
      path: 'floor',
      area: 'production',
      label: 'floor.title',
      keys: ['g j'],
      needs: 'WorkOrder',
      component: () => import('./Floor'),
    },
  ],
  records: { WorkOrder: () => import('./WorkOrderPage') },
};
