import type { AppModule } from '../../record/module';

export const supply: AppModule = {
  pages: [
    {
      path: 'short',
      area: 'purchasing',
      label: 'short.title',
      keys: ['g b'],
      needs: 'PurchaseOrder',
      component: () => import('./Short'),
    },
  ],
};
