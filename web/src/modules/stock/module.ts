import type { AppModule } from '../../record/module';

export const stock: AppModule = {
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
    Lot: () => import('./LotPage'),
    Warehouse: () => import('./WarehousePage'),
  },
};
