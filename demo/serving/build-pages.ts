// Builds the pages for production into the folder that the command line names. A program of its own, because Vite builds
// for the NODE_ENV of its process, and nothing of Vite is needed once the pages are built.
import { build } from 'vite';
import { pageSettings } from './page-settings.ts';

// The script-tag page needs no build, and loads these by their own names.
const named = { 'how-it-works': 'how-it-works/how-it-works.js', backgrounds: 'backgrounds/backgrounds.js' };
const input = {
  index: 'index.html',
  404: '404.html',
  react: 'react/index.html',
  vue: 'vue/index.html',
  ...named,
};

const [outDir = 'dist'] = process.argv.slice(2);
await build({
  ...pageSettings,
  mode: 'pages',
  build: {
    outDir,
    emptyOutDir: true,
    rolldownOptions: {
      input,
      // Otherwise what the script-tag page imports would be dropped, because no other page does.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: ({ name }) =>
          Object.hasOwn(named, name) ? '[name]/[name].js' : 'assets/[name]-[hash].js',
      },
      // Would warn of what takes long, which may be because the machine is busy.
      checks: { bundlerTimings: false },
    },
  },
});
