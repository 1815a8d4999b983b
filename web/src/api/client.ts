/** Requests to the server, and its refusals as errors that know their field and what to do. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Row = { id: number; version?: number; title?: string; [key: string]: unknown };

export interface Fault {
  code: string;
  message: string;
  advice: string;
  field: string | null;
}

/** A no of the server: its first fault speaks, `all` holds every one. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly all: Fault[],
    /** The record as it is now, for whoever wrote on an older one. */
    readonly current: Row | null = null,
  ) {
    super(all[0]?.message ?? 'The server did not answer.');
  }
  get code(): string {
    return this.all[0]?.code ?? '';
  }
  get advice(): string {
    return this.all[0]?.advice ?? '';
  }
  /** Faults by the path of their field, as `lines/2/quantity`. */
  byField(): Map<string, Fault> {
    return new Map(this.all.flatMap((f) => (f.field ? [[f.field, f] as const] : [])));
  }
}

let csrf = '';
let language = 'en';
let onSignedOut: () => void = () => {};

export function protectWith(token: string): void {
  csrf = token;
}

export function speak(to: string): void {
  language = to;
}

export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

export interface Options {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export async function request(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { 'accept-language': language, ...options.headers };
  if (method !== 'GET') headers['x-csrf'] = csrf;
  const raw = options.body instanceof Blob;
  if (options.body !== undefined && !raw) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      signal: options.signal ?? null,
      body: options.body === undefined ? null : raw ? (options.body as Blob) : JSON.stringify(options.body),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, [unreachable()]);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const response = await request(method, path, options);
  return (await response.json()) as T;
}

function unreachable(): Fault {
  return language === 'sl'
    ? {
        code: 'web.unreachable',
        message: 'Strežnik ne odgovarja.',
        advice: 'Nič ni zapisano. Poskusite znova.',
        field: null,
      }
    : {
        code: 'web.unreachable',
        message: 'The server does not answer.',
        advice: 'Nothing was written. Try again.',
        field: null,
      };
}

export interface Told {
  code?: string;
  message?: string;
  target?: string | null;
  details?: Told[];
  '@celota.advice'?: string;
  '@celota.current'?: Row | null;
}

async function refusal(response: Response): Promise<Refused> {
  const told = await response
    .json()
    .then((body: { error?: Told }) => body.error)
    .catch(() => undefined);
  if (!told?.code)
    return new Refused(response.status, [{ ...unreachable(), message: `${response.status} ${response.statusText}` }]);
  if (told.code === 'access.signed_out') onSignedOut();
  return refusedBy(response.status, told);
}

export function refusedBy(status: number, told: Told): Refused {
  const one = (t: Told): Fault => ({
    code: t.code ?? '',
    message: t.message ?? '',
    advice: t['@celota.advice'] ?? '',
    field: t.target ?? null,
  });
  return new Refused(status, [one(told), ...(told.details ?? []).map(one)], told['@celota.current'] ?? null);
}
