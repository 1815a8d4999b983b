import './app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './app/client';
import { firstLanguage, speakLanguage } from './app/i18n';
import { router } from './app/router';
import { hear } from './ui/keys';

window.addEventListener('keydown', hear);

const root = document.getElementById('root');
if (root) {
  await speakLanguage(firstLanguage());
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
