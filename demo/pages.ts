import { createReadStream, existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetFiles } from '@parley-rtc/processors/assets';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import { createBackend } from './backend.ts';
import { createCertificate } from './create-certificate.ts';
import { reloadWithSdk } from './reload-with-sdk.ts';

/** Where to serve the pages, and the server and client behind them. */
export interface PagesOptions {
  readonly port: number;
  /** Address in the local network, to listen on all interfaces over https. Without it: only this machine, over http. */
  readonly lanAddress: string | undefined;
  /** Base URL of the Parley server, which serves the API's paths. */
  readonly api: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether open pages reload when the SDK changes. */
  readonly reloadsWithSdk?: boolean;
}

const root = fileURLToPath(new URL('.', import.meta.url));
const scriptTagFolder = fileURLToPath(new URL('../packages/sdk/dist/', import.meta.url));
const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
const apiPaths = ['/rtc-api', '/security', '/openapi.yaml', '/healthz'];

/** Creates a server for the demo's pages, its back end and the API on one origin. It does not listen yet. */
export async function createPages({
  port,
  lanAddress,
  api,
  clientId,
  clientSecret,
  reloadsWithSdk = false,
}: PagesOptions): Promise<ViteDevServer> {
  const backend = createBackend({ server: api, clientId, clientSecret });
  return createServer({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    // The other loaders import a temporary copy, and `node --watch` would restart when Vite deletes it.
    configLoader: 'native',
    root,
    logLevel: 'warn',
    clearScreen: false,
    plugins: [
      react(),
      vue(),
      scriptTagFile(),
      processorFiles(),
      backendRoute(backend),
      ...(reloadsWithSdk ? [reloadWithSdk(`${scriptTagFolder}parley.iife.js`)] : []),
    ],
    server: {
      port,
      strictPort: true,
      ...(lanAddress !== undefined && { host: true, https: await createCertificate(lanAddress) }),
      // Otherwise Vite would answer CORS preflights instead of the API.
      cors: false,
      proxy: Object.fromEntries(apiPaths.map((path) => [path, { target: api }])),
    },
  });
}

/** Serves the output of `build:script-tag`, as a CDN would. */
function scriptTagFile(): Plugin {
  return {
    name: 'parley-demo:script-tag-file',
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [, name] =
          /^\/(parley(?:-without-adapter|-encryption)?\.iife\.js(?:\.map)?)(?:$|\?)/.exec(
            request.url ?? '',
          ) ?? [];
        if (name === undefined) return next();
        const file = `${scriptTagFolder}${name}`;
        if (existsSync(file)) return sendFile(response, file);
        response.writeHead(404, { 'content-type': 'text/plain' });
        response.end('The script-tag file has not been built yet. Run: pnpm run build:script-tag\n');
      });
    },
  };
}

/** Serves the files that the processors fetch, as "parley-processors copy-assets" would copy them. */
function processorFiles(): Plugin {
  const files = new Map(Object.entries(assetFiles()));
  return {
    name: 'parley-demo:processor-files',
    configureServer({ middlewares }) {
      middlewares.use('/processors', (request, response, next) => {
        const file = files.get(new URL(request.url ?? '', 'http://demo').pathname.slice(1));
        if (file === undefined) return next();
        sendFile(response, file);
      });
    },
  };
}

function sendFile(response: ServerResponse, file: string): void {
  response.writeHead(200, {
    'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
    'cache-control': 'no-cache',
  });
  createReadStream(file).pipe(response);
}

function backendRoute(backend: ReturnType<typeof createBackend>): Plugin {
  return {
    name: 'parley-demo:back-end',
    configureServer({ middlewares }) {
      middlewares.use('/backend', (request, response) => void backend(request, response));
    },
  };
}
