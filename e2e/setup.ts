/** The demo company is made once; each test works on a copy of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { EFFORT } from './effort/budget.ts';
import { BINARY, BICYCLES, BICYCLES_DATA, DEMO, databaseOf, EMPTY, makeDatabase, PASSWORD } from './house.ts';

export default function setup(): void {
  rmSync(EFFORT, { force: true });
  for (const [folder, args] of [[DEMO, ['init', '--demo']], [EMPTY, ['schema', 'diff']]] as const) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    makeDatabase(folder);
    run(folder, ...args);
  }
  // A real firm that has moved in; its data is not part of the repository.
  rmSync(BICYCLES, { recursive: true, force: true });
  if (existsSync(BICYCLES_DATA)) {
    mkdirSync(BICYCLES, { recursive: true });
    makeDatabase(BICYCLES);
    run(BICYCLES, 'init', '--company', 'Adventure Works Cycles', '--login', 'ana');
    run(BICYCLES, 'import', BICYCLES_DATA);
  } else console.log(`skipped where ${BICYCLES_DATA} is needed: it is not there`);
}

function run(folder: string, ...args: string[]): void {
  const env = { ...process.env, RUST_LOG: 'error', CELOTA_PASSWORD: PASSWORD };
  execFileSync(BINARY, ['--data', folder, ...databaseOf(folder), ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
