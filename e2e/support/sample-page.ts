import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { build, defaultClientConditions, type Plugin } from 'vite';
import { samplesOf } from '../../docs/.tools/samples.ts';

/** All packages and frameworks that samples import are dependencies of the documentation. */
const folder = fileURLToPath(new URL('../../docs/.samples/running/', import.meta.url));

/** The code of a page's sample that contains a text. */
export function sampleWith(page: string, text: string): string {
  const found = samplesOf(page).find(({ code }) => code.includes(text));
  if (!found) throw new Error(`${page} has no sample with ${text}.`);
  return found.code;
}

/**
 * Serves a page whose script is `main`, with `files` beside it. Samples among them are as the documentation shows them, except
 * that the server has its real address, and that what they assume (`// Given: fetchToken`) is taken from `window`.
 */
export async function serveSample(
  main: string,
  files: Readonly<Record<string, string>>,
  server: string,
): Promise<string> {
  const entry = `${folder}main.tsx`;
  const sources: Readonly<Record<string, string>> = { 'main.tsx': main, ...files };
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    plugins: [fromMemory(sources, server), vue()],
    resolve: { conditions: ['@parley-rtc/source', ...defaultClientConditions] },
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'es2022', minify: false, rolldownOptions: { input: entry } },
  });
  const scripts = new Map(
    [result]
      .flat()
      .flatMap((built) => ('output' in built ? built.output : []))
      .map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : '']),
  );
  const [start = ''] = [...scripts.keys()].filter((name) => /\/main-[^/]*\.js$/.test(name));
  return await serve((path) =>
    path === '/'
      ? [
          'text/html',
          `<!doctype html><title>A sample</title><main></main><script type="module" src="${start}"></script>`,
        ]
      : ['text/javascript', scripts.get(path)],
  );
}

/** Serves what `answer` returns for a path: the content type and the content, or undefined for what does not exist. */
export async function serve(
  answer: (path: string) => readonly [type: string, content: string | Uint8Array | undefined],
): Promise<string> {
  const http = createServer(({ url = '/' }, response) => {
    const [type, content] = answer(new URL(url, 'http://localhost').pathname);
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
    response.end(content);
  });
  // It ends with the tests' process.
  http.listen(0, 'localhost').unref();
  await once(http, 'listening');
  return `http://localhost:${(http.address() as AddressInfo).port}`;
}

function fromMemory(sources: Readonly<Record<string, string>>, server: string): Plugin {
  const nameIn = (id: string): string => id.replace(folder, '').replace(/\?.*/, '');
  return {
    name: 'parley:samples',
    enforce: 'pre',
    resolveId: (id, importer) => {
      const path = id.startsWith('./') && importer?.startsWith(folder) ? folder + id.slice(2) : id;
      return path.startsWith(folder) && nameIn(path) in sources ? path : undefined;
    },
    load: (id) => {
      if (!id.startsWith(folder) || id.includes('?')) return undefined;
      return sources[nameIn(id)]
        ?.replaceAll('https://rtc.example.com', server)
        .replace(/^\/\/ Given: (.+)$/m, (_, names: string) => `const { ${names} } = window as any;`);
    },
  };
}
