import { describe, expect, it } from 'vitest';
import { read, write } from './sentences';

describe('sentences of a scenario', () => {
  it('come back from the address bar as they were', () => {
    const text = 'down~5~2026-11-26~2026-11-28!late~7~10!transfer~8~2!first~9!overtime~5~2026-11-26~2026-11-28~2';
    expect(write(read(text))).toBe(text);
    expect(read(text)[0]).toEqual({ kind: 'down', id: 5, parts: ['2026-11-26', '2026-11-28'] });
  });
  it('leave out what says nothing', () => {
    expect(read('nonsense~1!late~7!down~x~1~2')).toEqual([]);
    expect(read(undefined)).toEqual([]);
  });
});
