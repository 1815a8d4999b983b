import type { AppModule } from '../../record/module';

export const ledger: AppModule = {
  pages: [
    {
      path: 'books',
      area: 'finance',
      label: 'books.title',
      keys: ['g k'],
      needs: 'Account',
      component: () => import('./Books'),
    },
  ],
};
