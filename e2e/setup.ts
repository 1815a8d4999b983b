/** The demo company is made once; each test works on a copy of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { BINARY, DEMO, EMPTY } from './house.ts';

export default function setup(): void {
  for (const [folder, args] of [[DEMO, ['init', '--demo']], [EMPTY, ['schema', 'diff']]] as const) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    execFileSync(BINARY, ['--data', folder, ...args], { env: { ...process.env, RUST_LOG: 'error' } });
  }
}
