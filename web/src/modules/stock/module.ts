import type { AppModule } from '../../record/module';

export const stock: AppModule = {
  records: { Lot: () => import('./LotPage') },
  pages: [
    {
      path: 'receive',
      area: 'warehouse',
      label: 'receive.title',
      keys: ['g v'],
      needs: 'PurchaseOrder',
      component: () => import('./Receive'),
    },
    {
      path: 'ship',
      area: 'warehouse',
      label: 'ship.title',
      keys: ['g h'],
      needs: 'Delivery',
      component: () => import('./Ship'),
    },
  ],
  records: {
    Warehouse: () => import('./WarehousePage'),
  },
};
