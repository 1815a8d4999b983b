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
    {
      path: 'bill',
      area: 'production',
      label: 'bill.title',
      keys: ['g a'],
      lands: true,
      needs: 'Bill',
      component: () => import('./BillStart'),
    },
  ],
  records: {
    WorkOrder: () => import('./WorkOrderPage'),
    Bill: () => import('./BillPage'),
    Product: () => import('./ProductPage'),
  },
  creates: { Bill: { path: 'bill', label: 'bill.new' } },
};
