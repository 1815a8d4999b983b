import type { AppModule } from '../../record/module';

const withHurts = () => import('./RecordWithHurts');

export const supply: AppModule = {
  pages: [
    {
      path: 'plan',
      area: 'plan',
      label: 'plan.title',
      needs: 'PurchaseOrder',
      component: () => import('./Bench'),
    },
    {
      path: 'plan/demand',
      area: 'plan',
      label: 'demand.title',
      needs: 'Forecast',
      component: () => import('./Demand'),
    },
    {
      path: 'plan/board',
      area: 'plan',
      label: 'board.title',
      needs: 'WorkCenter',
      component: () => import('./Board'),
    },
    { path: 'plan/load', area: 'plan', label: 'load.title', needs: 'WorkCenter', component: () => import('./Load') },
    {
      path: 'plan/scenario',
      area: 'plan',
      label: 'scenario.title',
      needs: 'PurchaseOrder',
      component: () => import('./Scenario'),
    },
    {
      path: 'plan/purchases',
      area: 'plan',
      label: 'purchases.title',
      needs: 'PurchaseOrder',
      component: () => import('./Purchases'),
    },
    { path: 'plan/hurts', label: 'hurts.title', needs: 'PurchaseOrder', component: () => import('./HurtsPage') },
    { path: 'plan/$id', label: 'plan.item', needs: 'PurchaseOrder', component: () => import('./ItemPage') },
    {
      path: 'short',
      area: 'purchasing',
      label: 'short.title',
      keys: ['g b'],
      needs: 'PurchaseOrder',
      component: () => import('./Short'),
    },
  ],
  records: {
    PurchaseOrder: () => import('./PurchaseOrderPage'),
    TransferOrder: () => import('./TransferOrderPage'),
    WorkCenter: () => import('./WorkCenterPage'),
    Downtime: () => withHurts().then((pages) => ({ default: pages.DowntimePage })),
    Absence: () => withHurts().then((pages) => ({ default: pages.AbsencePage })),
    Inspection: () => withHurts().then((pages) => ({ default: pages.InspectionPage })),
    Employee: () => withHurts().then((pages) => ({ default: pages.EmployeePage })),
    Maintenance: () => import('./MaintenancePage'),
  },
};
