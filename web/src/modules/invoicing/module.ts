import type { AppModule } from '../../record/module';

export const invoicing: AppModule = {
  pages: [
    {
      path: 'money',
      area: 'finance',
      label: 'money.title',
      keys: ['$', 'g m'],
      needs: 'BankLine',
      component: () => import('./Money'),
    },
  ],
  records: { Invoice: () => import('./InvoicePage') },
};
