import { basename, dirname, join } from 'node:path';
import staticFiles, { type FastifyStaticOptions } from '@fastify/static';
import { assetFiles } from '@parley-rtc/processors/assets';
import { fastify, type FastifyInstance } from 'fastify';
import type { JsonHandler } from '../json-handler.ts';
import { apiPaths } from './api-paths.ts';
import { proxyToApi, type ApiProxy } from './proxy-to-api.ts';

/** What to serve. */
export interface ProductionPagesOptions {
  /** Where the built pages are. */
  readonly folder: string;
  /** Base URL of the Parley server, which answers the API's paths. */
  readonly api: string;
  /** Answers the paths below `/backend`. */
  readonly backend: JsonHandler;
  /** Answers `/backend/outage`; without it, the path does not exist. */
  readonly outage?: JsonHandler | undefined;
  /** For https. Without it: http. */
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * Creates a server for the built pages, with the back end and the API on one origin, as a deployment would have it. It does
 * not listen yet.
 */
export async function createProductionPages({
  folder,
  api,
  backend,
  outage,
  certificate,
}: ProductionPagesOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    https: certificate ?? null,
    // Otherwise closing would wait for the pages' long polls.
    forceCloseConnections: true,
  });
  await app.register(staticFiles, { ...filesIn(folder), preCompressed: true, redirect: true });
  for (const [name, path] of Object.entries(assetFiles())) {
    app.get(`/processors/${name}`, (_request, reply) => reply.sendFile(basename(path), dirname(path)));
  }
  app.setNotFoundHandler((_request, reply) =>
    // Revalidation would turn it into an empty page.
    reply.code(404).sendFile('404.html', { etag: false, lastModified: false }),
  );

  const proxy = proxyToApi(api);
  app.addHook('onClose', () => proxy.close());
  await app.register((scope, _options, done) => {
    // Leaves bodies to those who answer.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
    const answer = (path: string, handler: JsonHandler | ApiProxy['forward']): void => {
      scope.all(path, (request, reply) => {
        reply.hijack();
        void handler(request.raw, reply.raw);
      });
    };
    for (const path of apiPaths) {
      answer(path, proxy.forward);
      answer(`${path}/*`, proxy.forward);
    }
    if (outage) answer('/backend/outage', outage);
    answer('/backend/*', async (request, response) => {
      request.url = request.url?.slice('/backend'.length);
      await backend(request, response);
    });
    done();
  });
  return app;
}

/** Serves what is in `root`. Browsers ask for it again each time, except for files whose names change with their content. */
function filesIn(root: string): FastifyStaticOptions {
  return {
    root,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isImmutable = path.startsWith(join(root, 'assets'));
      void reply.header('cache-control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  };
}
