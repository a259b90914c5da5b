// Builds the pages for production into the folder that the command line names. A program of its own, because Vite builds
// for the NODE_ENV of its process, and nothing of Vite is needed once the pages are built.
import { build } from 'vite';
import { pageSettings } from './page-settings.ts';

const input = ['index.html', '404.html', 'script-tag/index.html', 'react/index.html', 'vue/index.html'];

const [outDir = 'dist'] = process.argv.slice(2);
await build({
  ...pageSettings,
  mode: 'pages',
  build: {
    outDir,
    emptyOutDir: true,
    rolldownOptions: {
      input,
      // Would warn of what takes long, which may be because the machine is busy.
      checks: { bundlerTimings: false },
    },
  },
});
