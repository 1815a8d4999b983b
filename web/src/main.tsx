import './app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { sessionQuery } from './api/session';
import { queryClient } from './app/client';
import { firstLanguage, speakLanguage } from './app/i18n';
import { router } from './app/router';
import { hear } from './ui/keys';

window.addEventListener('keydown', hear);

const root = document.getElementById('root');
if (root) {
  // All that the first drawing needs: what suspends it, React would hold back for 300 ms each time.
  await Promise.all([speakLanguage(firstLanguage()), queryClient.prefetchQuery(sessionQuery)]);
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
