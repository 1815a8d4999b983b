/** Who is signed in. */
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { call, protectWith, Refused, speak } from './client';
import { inOrder, type Model, modelQuery } from './model';

export interface Company {
  id: number;
  name: string;
  currency: string;
  country: string;
}

export interface Session {
  user: { id: number; login: string; name: string; language: string; theme: string | null };
  company: Company | null;
  companies: Company[];
  csrf: string;
  /** Today in the company's time, `2026-11-24`. */
  today: string;
  demo: boolean;
}

/** Signed in, signed out, or nobody has set the firm up yet. */
export type Standing = { kind: 'in'; session: Session } | { kind: 'out' } | { kind: 'empty' };

export function accepted(session: Session): Standing {
  protectWith(session.csrf);
  speak(session.user.language);
  return { kind: 'in', session };
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal, client }): Promise<Standing> => {
    try {
      const told = await call<(Session & { model: Model }) | { code: string }>('GET', '/api/session?tell&model', {
        signal,
      });
      if ('code' in told) return { kind: told.code === 'access.no_company' ? 'empty' : 'out' };
      const { model, ...session } = told;
      client.setQueryData(modelQuery.queryKey, inOrder(model));
      return accepted(session);
    } catch (error) {
      if (error instanceof Refused && error.code === 'access.signed_out') return { kind: 'out' };
      if (error instanceof Refused && error.code === 'access.no_company') return { kind: 'empty' };
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export function useStanding(): Standing {
  return useSuspenseQuery(sessionQuery).data;
}

/** For pages that only somebody signed in can see. */
export function useSession(): Session {
  const standing = useStanding();
  if (standing.kind !== 'in') throw new Error('This page needs somebody who is signed in.');
  return standing.session;
}
