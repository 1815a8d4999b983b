import { QueryClient } from '@tanstack/react-query';
import { Refused, whenSignedOut } from '../api/client';
import { sessionQuery } from '../api/session';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchOnWindowFocus: true,
      // A refusal stays one; only a server out of reach is asked again.
      retry: (count, error) => count < 2 && error instanceof Refused && error.status === 0,
    },
  },
});

whenSignedOut(() => {
  queryClient.setQueryData(sessionQuery.queryKey, { kind: 'out' });
});
