import { HttpError, UnauthorizedError } from '@parley-rtc/client';
import { problemOfCommand } from './command-fields.ts';
import type { FakeBackend } from './fake-backend.ts';
import { handlerOf } from './handlers.ts';
import type { Answer } from './intercept-fetch.ts';
import { routeOf, type Route } from './route-of.ts';

const bodyless: ReadonlySet<string> = new Set(['revokeTicket', 'deleteRecording', 'requestToken']);

/** Answers HTTP requests like Parley's server. */
export function serve(backend: FakeBackend): Answer {
  return async (request) => {
    const { pathname } = new URL(request.url);
    const route = routeOf(request.method, pathname);
    const operation = route?.operation ?? 'unknown';
    const answer = () => answerTo(backend, request, route);
    return withAbort(request.signal, backend.network.carry(operation, request, answer));
  };
}

async function answerTo(backend: FakeBackend, request: Request, route: Route | undefined): Promise<Response> {
  try {
    if (!route) return refusal(404, 'not_found', 'There is no such path.');
    if (route.operation === 'requestToken') return await login(backend, request);
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const user = backend.accounts.userOf(token);
    if (!user) throw new UnauthorizedError({ operation: route.operation, status: 401 });
    const takesBody = request.method === 'POST' && !bodyless.has(route.operation);
    const body: unknown = takesBody ? await request.json().catch(() => undefined) : {};
    const problem = takesBody ? problemOfCommand(route.operation, body) : undefined;
    if (problem !== undefined) return refusal(400, 'invalid_request', problem);
    const query = new URL(request.url).searchParams;
    const { signal } = request;
    return toResponse(
      await handlerOf(route.operation)({ backend, user, route, query, signal, body: body as object }),
    );
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return refusal(error.status, error.serverError ?? wordOf(error.status), error.message);
  }
}

async function login(backend: FakeBackend, request: Request): Promise<Response> {
  const { accounts } = backend;
  const user = accounts.userBy(new URLSearchParams(await request.text()));
  if (!user || backend.isBanned(user)) {
    return refusal(400, 'invalid_grant', 'The credentials are not known, or no longer valid.');
  }
  backend.welcome(user);
  return Response.json(accounts.login(user));
}

function toResponse(answer: unknown): Response {
  if (answer instanceof ReadableStream) {
    return new Response(answer, { headers: { 'content-type': 'text/event-stream' } });
  }
  return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
}

const words: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'invalid_token',
  403: 'forbidden',
  404: 'not_found',
  422: 'already_joined',
};

function wordOf(status: number): string {
  return words[status] ?? 'error';
}

function refusal(status: number, error: string, description: string): Response {
  return Response.json({ error, error_description: description }, { status });
}

/** Rejects as soon as the request is aborted, as `fetch` does. */
function withAbort<Value>(signal: AbortSignal, answer: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
