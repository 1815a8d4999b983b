import type { AppModule } from '../../record/module';

export const sales: AppModule = {
  pages: [
    {
      path: 'order-desk',
      area: 'sales',
      label: 'desk.title',
      keys: ['o'],
      lands: true,
      needs: 'SalesOrder',
      component: () => import('./OrderDesk'),
    },
  ],
  records: { SalesOrder: () => import('./SalesOrderPage') },
  creates: { SalesOrder: { path: 'order-desk', label: 'desk.new' } },
};
