import { createReadStream, existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { assetFiles } from '@parley-rtc/processors/assets';
import { createServer, type Plugin, type ViteDevServer } from 'vite';
import { scriptTagFolder } from '../folders.ts';
import type { JsonHandler } from '../json-handler.ts';
import { apiPaths } from './api-paths.ts';
import { createCertificate } from './create-certificate.ts';
import { pageSettings } from './page-settings.ts';
import { reloadWithSdk } from './reload-with-sdk.ts';

/** Where to serve the pages, and what is behind them. */
export interface DevPagesOptions {
  readonly port: number;
  /** Address in the local network, to listen on all interfaces over https. Without it: only this machine, over http. */
  readonly lanAddress: string | undefined;
  /** Base URL of the Parley server, which serves the API's paths. */
  readonly api: string;
  /** Answers the paths below `/backend`. */
  readonly backend: JsonHandler;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Creates Vite's server for the demo's pages, which updates them when their sources change, with the back end and the API
 * on one origin. It does not listen yet.
 */
export async function createDevPages({
  port,
  lanAddress,
  api,
  backend,
}: DevPagesOptions): Promise<ViteDevServer> {
  return createServer({
    ...pageSettings,
    plugins: [
      ...pageSettings.plugins,
      scriptTagFile(),
      processorFiles(),
      backendRoute(backend),
      reloadWithSdk(join(scriptTagFolder, 'parley.iife.js')),
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
        const file = join(scriptTagFolder, name);
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

function backendRoute(backend: JsonHandler): Plugin {
  return {
    name: 'parley-demo:back-end',
    configureServer({ middlewares }) {
      middlewares.use('/backend', (request, response) => void backend(request, response));
    },
  };
}
