import { createReadStream, existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import basicSsl from '@vitejs/plugin-basic-ssl';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import { createBackend } from './backend.ts';

/** Where the pages are served, and what stands behind them. */
export interface PagesOptions {
  readonly port: number;
  /** Serve every interface, over https. Otherwise this machine only, over http. */
  readonly isLan: boolean;
  /** Address of the Parley server, to which the API's paths go. */
  readonly api: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const root = fileURLToPath(new URL('.', import.meta.url));
const scriptTagFolder = fileURLToPath(new URL('../packages/sdk/dist/', import.meta.url));
const segmentationFolder = fileURLToPath(new URL('.', import.meta.resolve('@mediapipe/selfie_segmentation')));
const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};
const apiPaths = ['/rtc-api', '/security', '/openapi.yaml', '/healthz'];

/** The demo's pages, its back end and the API behind one origin; not listening yet. */
export function createPages({
  port,
  isLan,
  api,
  clientId,
  clientSecret,
}: PagesOptions): Promise<ViteDevServer> {
  const backend = createBackend({ server: api, clientId, clientSecret });
  return createServer({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    root,
    logLevel: 'warn',
    clearScreen: false,
    plugins: [
      react(),
      vue(),
      scriptTagFile(),
      segmentationFiles(),
      backendRoute(backend),
      ...(isLan ? [basicSsl()] : []),
    ],
    server: {
      port,
      strictPort: true,
      ...(isLan && { host: true }),
      // The API says itself which origins may call it; Vite would answer preflights in its place.
      cors: false,
      proxy: Object.fromEntries(apiPaths.map((path) => [path, { target: api }])),
    },
  });
}

/** Serves what `build:script-tag` made, as a CDN would. */
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
        response.end('The script-tag file is not built yet. Run: pnpm run build:script-tag\n');
      });
    },
  };
}

/** Serves the files of the npm package that finds people in pictures: script, WebAssembly, model. */
function segmentationFiles(): Plugin {
  return {
    name: 'parley-demo:segmentation-files',
    configureServer({ middlewares }) {
      middlewares.use('/selfie-segmentation', (request, response, next) => {
        const [, name] = /^\/([\w.]+)$/.exec(request.url ?? '') ?? [];
        const file = `${segmentationFolder}${name}`;
        if (name === undefined || !existsSync(file)) return next();
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
