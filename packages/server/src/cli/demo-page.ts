import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { send } from '@fastify/send';
import type { FastifyInstance } from 'fastify';
import type { Client } from '../auth/clients.ts';
import { ConfigError } from '../config-error.ts';

/** The elements with all that they need; the build copies them here. */
const builtFiles = join(import.meta.dirname, '../../dist/demo');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <title>Parley: a call to try</title>
    <link rel="icon" href="data:," />
    <style>body { margin: 0 }</style>
    <script type="module" src="files/parley-call.js"></script>
    <script type="module" src="page.js"></script>
  </head>
  <body><parley-call></parley-call></body>
</html>
`;

const script = `const call = document.querySelector('parley-call');
call.server = location.origin;
call.ticket = async () => {
  const answer = await fetch('ticket' + location.search, { method: 'POST' });
  const { ticket, error_description: reason } = await answer.json();
  if (!ticket) throw new Error(reason);
  return ticket;
};
`;

/** Overrides the headers of the API, which forbid pages. The call comes from this server alone, and so does its media. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; media-src 'self' blob:; " +
  "worker-src 'self' blob:; frame-ancestors 'none'";

/**
 * Adds a page at `/demo/` that holds a call, and the back end that lets everyone into it as `client`, a client of this server.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) if the files of the page were not built.
 */
export function addDemoPage(app: FastifyInstance, client: Client, files: string = builtFiles): void {
  if (!existsSync(files)) {
    throw new ConfigError(
      `The files of the demo are missing: ${files}. Build the packages first: npm run build.`,
    );
  }
  app.get('/demo', (request, reply) => reply.redirect(request.url.replace('/demo', '/demo/')));
  app.get('/demo/', (_request, reply) =>
    reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page),
  );
  app.get('/demo/page.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(script));
  app.get<{ Params: { readonly '*': string } }>('/demo/files/*', async (request, reply) => {
    const options = { root: files, index: false } as const;
    const { statusCode, headers, stream } = await send(request.raw, `/${request.params['*']}`, options);
    return reply.status(statusCode).headers(headers).send(stream);
  });
  app.post<{ Querystring: { readonly room?: string } }>('/demo/ticket', async (request) => {
    const conferenceId = `demo-${(request.query.room ?? 'room').slice(0, 100)}`;
    return { ticket: await createTicket(app, client, conferenceId) };
  });
}

/** What a back end does, over the same API. */
async function createTicket(app: FastifyInstance, client: Client, conferenceId: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret };
  const { access_token: token } = await post(
    app,
    '/security/oauth/token',
    new URLSearchParams(form).toString(),
    'application/x-www-form-urlencoded',
  );
  const authorization = `Bearer ${token}`;
  const json = (path: string, body: object) =>
    post(app, path, JSON.stringify(body), 'application/json', authorization);
  await json('/rtc-api/conferences/create', { conferenceId });
  const { id = '' } = await json('/security/ticket', {
    type: 'MULTI_USE_TICKET',
    length: 9,
    properties: { conference_id: conferenceId, permissions: { moderate: true } },
  });
  return id;
}

async function post(
  app: FastifyInstance,
  url: string,
  payload: string,
  contentType: string,
  authorization = '',
): Promise<Readonly<Record<string, string>>> {
  const headers = { 'content-type': contentType, ...(authorization && { authorization }) };
  const answer = await app.inject({ method: 'POST', url, payload, headers });
  if (answer.statusCode === 200) return answer.json();
  throw new Error(`${url} was answered with ${answer.statusCode}: ${answer.body}`);
}
