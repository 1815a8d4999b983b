/** The one list of modules, in the order of the chain. */
import { celota } from '../modules/celota/module';
import { crm } from '../modules/crm/module';
import { invoicing } from '../modules/invoicing/module';
import { ledger } from '../modules/ledger/module';
import { process } from '../modules/process/module';
import { production } from '../modules/production/module';
import { sales } from '../modules/sales/module';
import { stock } from '../modules/stock/module';
import { supply } from '../modules/supply/module';
import type { AppModule } from '../record/module';

export const modules: AppModule[] = [process, crm, sales, supply, production, stock, invoicing, ledger, celota];

export const pages = modules.flatMap((m) => m.pages ?? []);

export function recordPageOf(entity: string) {
  return modules.find((m) => m.records?.[entity])?.records?.[entity];
}

export function creationOf(entity: string) {
  return modules.find((m) => m.creates?.[entity])?.creates?.[entity];
}
