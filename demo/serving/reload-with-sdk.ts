import type { Plugin } from 'vite';

/**
 * Reloads open pages when the SDK changes: the script-tag page when `scriptTagFile` was written, those that import the
 * sources when one of them is saved. Replacing modules in a live page would leave it with a conference made by the old ones.
 */
export function reloadWithSdk(scriptTagFile: string): Plugin {
  return {
    name: 'parley-demo:reload-with-sdk',
    configureServer({ watcher, ws }) {
      const reload = (path: string): void => {
        if (path === scriptTagFile) ws.send({ type: 'full-reload', path: '/script-tag/index.html' });
      };
      watcher.add(scriptTagFile).on('add', reload).on('change', reload);
    },
    handleHotUpdate({ file, modules, server }) {
      if (modules.length === 0 || !file.includes('/packages/')) return undefined;
      for (const page of ['react', 'vue']) {
        server.ws.send({ type: 'full-reload', path: `/${page}/index.html` });
      }
      return [];
    },
  };
}
