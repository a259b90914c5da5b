import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensurePagesBuilt } from './ensure-pages-built.ts';
import { serveFolder } from './testing/serve-folder.ts';

const pages = ['/', '/script-tag/', '/react/', '/vue/', '/nowhere'];
/** A build takes a few seconds, and longer beside other tests. */
const timeoutMs = 120_000;

it('builds the pages once for the same sources', { timeout: timeoutMs }, async () => {
  const { folder } = await ensurePagesBuilt();
  expect(await ensurePagesBuilt()).toEqual({ folder, isUnchanged: true });
});

it('builds pages that load nothing of a development server', { timeout: timeoutMs }, async () => {
  const { folder } = await ensurePagesBuilt();
  const origin = await serveFolder(folder);
  for (const page of pages) {
    const html = await (await fetch(origin + page)).text();
    expect(html).toContain('</html>');
    expect(html).not.toMatch(/@vite|@fs|@react-refresh|\.tsx?"/);
    const files = [...html.matchAll(/(?:src|href)="(\/[^"?]+\.\w+)"/g)].flatMap(([, path]) => path ?? []);
    const style = page === '/script-tag/' ? /^\/parley-elements\/parley-call\.js$/ : /^\/assets\/.*\.css$/;
    expect(files).toContainEqual(expect.stringMatching(style));
    for (const path of files.filter((path) => path !== '/openapi.yaml')) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 200]);
    }
  }
  const scripts = globSync('**/*.js', { cwd: folder }).map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  expect(scripts.length).toBeGreaterThan(10);
  for (const script of scripts) expect(script).not.toMatch(/import\.meta\.hot|vite-hmr|react-refresh/);
});

it('builds the frameworks for production', { timeout: timeoutMs }, async () => {
  const { folder } = await ensurePagesBuilt();
  const scripts = globSync('assets/*.js', { cwd: folder }).map((file) =>
    readFileSync(join(folder, file), 'utf8'),
  );
  for (const script of scripts) expect(script).not.toContain('Download the React DevTools');
});
