/** Who may know whom: modules do not know one another, and `ui/` knows neither route nor data. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = import.meta.dirname;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.tsx?$/.test(path) ? [path] : [];
  });
}

/** What a file imports, as paths below `src`; packages by their name. */
function imports(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g);
  return [...found].map(([, name = '']) => (name.startsWith('.') ? relative(SRC, resolve(dirname(file), name)) : name));
}

const all = files(SRC).map((file) => ({ name: relative(SRC, file), uses: imports(file) }));

describe('layers', () => {
  it('modules bear the names of crates', () => {
    const modules = readdirSync(join(SRC, 'modules'));
    const crates = readdirSync(join(SRC, '../../crates'));
    expect(modules.filter((m) => !crates.includes(m))).toEqual([]);
  });
  it('no module imports another', () => {
    const wrong = all.flatMap(({ name, uses }) => {
      const own = /^modules\/([^/]+)/.exec(name)?.[1];
      return uses
        .filter((u) => own && u.startsWith('modules/') && !u.startsWith(`modules/${own}/`))
        .map((u) => `${name} → ${u}`);
    });
    expect(wrong).toEqual([]);
  });
  it('ui knows neither route nor data', () => {
    const wrong = all
      .filter(({ name }) => name.startsWith('ui/'))
      .flatMap(({ name, uses }) =>
        uses.filter((u) => /^(api|app|record|modules)\/|^@tanstack/.test(u)).map((u) => `${name} → ${u}`),
      );
    expect(wrong).toEqual([]);
  });
  it('api and record know no module', () => {
    const wrong = all
      .filter(({ name }) => /^(api|record)\//.test(name))
      .flatMap(({ name, uses }) => uses.filter((u) => /^(modules|app)\//.test(u)).map((u) => `${name} → ${u}`));
    expect(wrong).toEqual([]);
  });
  it('both languages have every text', () => {
    const keys = (texts: object, path = ''): string[] =>
      Object.entries(texts).flatMap(([k, v]) =>
        typeof v === 'object' ? keys(v, `${path}${k}.`) : [`${path}${k}`.replace(/_(one|two|few|other)$/, '')],
      );
    const read = (language: string) =>
      new Set(keys(JSON.parse(readFileSync(join(SRC, `locale/${language}.json`), 'utf8'))));
    const [en, sl] = [read('en'), read('sl')];
    expect([...en].filter((k) => !sl.has(k)).concat([...sl].filter((k) => !en.has(k)))).toEqual([]);
  });
});
