import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.CELOTA_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // Few requests for the first page; modules and what is heavy stay apart and come when they are needed.
        codeSplitting: {
          groups: [
            {
              name: 'vendor',
              test: /node_modules[\\/](?!(@base-ui|@floating-ui|bpmn-|diagram-js|moddle|min-dash|min-dom|tiny-svg|didi|ids|inherits|path-intersection|component-event|htm|preact|object-refs|saxen|@bpmn-io|domify))/,
            },
            { name: 'overlay', test: /node_modules[\\/](@base-ui|@floating-ui)/ },
            {
              name: 'core',
              test: /src[\\/](main\.|(api|record|ui|app)[\\/](?!(Palette|Preview|KeyHelp|Areas|MenuPopup|DialogBox|ToastList)\.))/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(['/api', '/odata', '/pdf', '/files'].map((path) => [path, { target: server }])),
  },
});
