import { HttpError, type CallOptions, type RtcApi } from '@parley-rtc/client';

/**
 * A `fetch` that serves `api` over HTTP, so that the real client can be part of a test. Answers 401 to a token that
 * `accepts` refuses.
 */
export function fakeFetch(api: RtcApi, accepts: (token: string) => boolean): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    if (!accepts(token)) return Response.json({ error: 'invalid_token' }, { status: 401 });
    try {
      const answer = await serve(api, request);
      return answer instanceof ReadableStream
        ? new Response(answer, { headers: { 'content-type': 'text/event-stream' } })
        : Response.json(answer ?? null);
    } catch (error) {
      if (error instanceof HttpError) return Response.json({ error: error.code }, { status: error.status });
      throw request.signal.aborted ? request.signal.reason : new TypeError('Failed to fetch');
    }
  };
}

type Command = (command: unknown, options: CallOptions) => Promise<unknown>;

const endpointOperations: Readonly<Record<string, keyof RtcApi>> = {
  '': 'registerUserEndpoint',
  keepalive: 'keepAliveUserEndpoint',
  unregister: 'unregisterUserEndpoint',
};

/** Calls the operation that a request is for. */
async function serve(api: RtcApi, request: Request): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url);
  const [, , room, name = '', below = ''] = pathname.split('/');
  const options = { signal: request.signal };
  if (request.method === 'POST') {
    const operation = room === 'users' ? endpointOperations[below] : (name as keyof RtcApi);
    const command: unknown = await request.json();
    return operation && (api[operation] as Command)(command, options);
  }
  if (room === 'iceServers') return api.getIceServers(options);
  const version = Number(searchParams.get('v') ?? 0);
  const lastEventId = searchParams.get('lastEventId') ?? undefined;
  const versionId = searchParams.get('versionId') ?? undefined;
  if (below === 'events') return api.getEvents(name, version, { ...options, versionId });
  if (below === 'push') return api.openPush(name, { version, versionId, lastEventId }, options);
  return api.getConference(name, options);
}
