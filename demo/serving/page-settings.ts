import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import type { InlineConfig } from 'vite';

/** Vite's settings for the demo's pages, whether it serves or builds them. */
export const pageSettings = {
  configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
  // The other loaders import a temporary copy, and `node --watch` would restart when Vite deletes it.
  configLoader: 'native',
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'warn',
  clearScreen: false,
  plugins: [react(), vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.includes('-') } } })],
} satisfies InlineConfig;
