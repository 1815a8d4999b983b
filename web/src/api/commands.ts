/** Writing: the one way in, for buttons, forms and the bulk bar. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { call, Refused, type Row, refusedBy, type Told } from './client';
import type { Entity } from './model';

export interface Reply {
  id: number;
  entity: string;
  result: unknown;
  changed: { entity: string; id: number }[];
  events: { name: string; entity: string; id: number }[];
  effects: string[];
  undo: string | null;
  record?: Row;
}

export interface Call {
  /** `create`, `update`, `delete` or a command. */
  command: string;
  id?: number | null;
  body?: Record<string, unknown>;
  /** The version that the person saw. */
  version?: number | null;
  dryRun?: boolean;
  /** So that a request that comes twice does nothing twice. */
  key?: string;
  signal?: AbortSignal;
}

export function newKey(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}

export function send(entity: Entity, what: Call): Promise<Reply> {
  const headers: Record<string, string> = {};
  if (what.version) headers['if-match'] = `W/"${what.version}"`;
  // Only asking: a refusal is an answer then, and no failed request.
  if (what.dryRun) headers['celota-dry-run'] = 'tell';
  else headers['idempotency-key'] = what.key ?? newKey();
  const place = `/odata/${entity.set}${what.id ? `(${what.id})` : ''}`;
  const plain: Record<string, string> = { create: 'POST', update: 'PATCH', delete: 'DELETE' };
  const method = plain[what.command] ?? 'POST';
  const path = what.command in plain ? place : `${place}/${what.command}`;
  const signal = what.signal ? { signal: what.signal } : {};
  return call<Reply | { error: Told }>(method, path, { headers, body: what.body ?? {}, ...signal }).then((reply) => {
    if ('error' in reply) throw refusedBy(200, reply.error);
    return reply;
  });
}

export interface Result {
  id: number;
  ok: boolean;
  error?: { code: string; message: string; '@celota.advice'?: string };
}

/** Records of one request of a bulk run. */
export const CHUNK = 500;

/** One command on many records, a chunk at a time; a refusal is a result like any other. */
export async function sendMany(
  entity: Entity,
  command: string,
  ids: number[],
  body: Record<string, unknown>,
  progress: (results: Result[]) => void,
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < ids.length && !signal?.aborted; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK);
    try {
      const path = `/odata/${entity.set}/${command}`;
      const reply = await call<{ results: Result[] }>('POST', path, { body: { ...body, ids: chunk } });
      results.push(...reply.results);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const told = { code: error.code, message: error.message, '@celota.advice': error.advice };
      results.push(...chunk.map((id) => ({ id, ok: false, error: told })));
    }
    progress([...results]);
  }
  return results;
}

/** Everything on the screen that may have changed is asked again, under this person's rights. */
export function refresh(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: ['odata'] });
}

export function useSend(): (entity: Entity, what: Call) => Promise<Reply> {
  const client = useQueryClient();
  return useCallback(
    async (entity, what) => {
      const reply = await send(entity, what);
      if (!what.dryRun) {
        if (reply.undo) offerUndo(reply.undo);
        void refresh(client);
      }
      return reply;
    },
    [client],
  );
}

/** Attaches a file to a record: its bytes are the body. */
export function useUpload(): (entity: Entity, id: number, file: File) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (entity, id, file) => {
      const target = new URLSearchParams({ entity: entity.name, id: String(id), name: file.name });
      const reply = await call<Reply>('POST', `/files?${target}`, { body: file });
      if (reply.undo) offerUndo(reply.undo);
      void refresh(client);
    },
    [client],
  );
}

/** What `z` takes back: the inverses that commands left, latest last. */
const undoable: string[] = [];

export function offerUndo(token: string): void {
  undoable.push(token);
  if (undoable.length > 50) undoable.shift();
}

export function canUndo(): boolean {
  return undoable.length > 0;
}

export async function undoLast(): Promise<Reply | null> {
  const token = undoable.pop();
  return token ? call<Reply>('POST', '/odata/undo', { body: { token } }) : null;
}
