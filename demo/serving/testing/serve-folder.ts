import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createProductionPages, type ProductionPagesOptions } from '../production-pages.ts';

/** What differs from pages whose API is down and whose back end has no paths. */
export interface ServeOptions extends Partial<ProductionPagesOptions> {
  /** Called with the folder before it is served. */
  readonly afterWriting?: (folder: string) => Promise<void>;
}

/** Serves a folder with these files until the test ends. Returns its origin. */
export async function serveFiles(
  files: Readonly<Record<string, string>>,
  { afterWriting, ...options }: ServeOptions = {},
): Promise<string> {
  const parent = mkdtempSync(join(tmpdir(), 'parley-pages-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  writeFileSync(join(parent, 'secret.txt'), 'not for browsers');
  const folder = join(parent, 'pages');
  for (const [name, content] of Object.entries({ '404.html': 'There is no such page.', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  await afterWriting?.(folder);
  return serveFolder(folder, options);
}

/** Serves `folder` until the test ends. Returns its origin. */
export async function serveFolder(
  folder: string,
  options: Partial<ProductionPagesOptions> = {},
): Promise<string> {
  const pages = await createProductionPages({
    folder,
    api: 'http://127.0.0.1:1',
    backend: async () => {},
    ...options,
  });
  onTestFinished(() => pages.close());
  await pages.listen({ port: 0, host: '127.0.0.1' });
  const { port } = pages.server.address() as AddressInfo;
  return `${options.certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
}
