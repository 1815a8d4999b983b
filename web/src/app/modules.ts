/** The one list of modules, in the order of the chain. */
import { process } from '../modules/process/module';
import type { AppModule } from '../record/module';

export const modules: AppModule[] = [process];

export const pages = modules.flatMap((m) => m.pages ?? []);

export function recordPageOf(entity: string) {
  return modules.find((m) => m.records?.[entity])?.records?.[entity];
}

export function creationOf(entity: string) {
  return modules.find((m) => m.creates?.[entity])?.creates?.[entity];
}
