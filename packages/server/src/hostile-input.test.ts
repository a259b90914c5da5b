import { Agent, request as httpRequest } from 'node:http';
import type { ViewStreamResult } from '@parley-rtc/contract';
import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { checkAnswer } from './testing/answer-schemas.ts';
import { hostileRequests, type HostileRequest, type KnownIds } from './testing/hostile-requests.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

/** Number of requests: set PARLEY_FUZZ_RUNS=100000 for a long run. */
const runs = Number(process.env['PARLEY_FUZZ_RUNS'] ?? 2_000);
const seed = Number(process.env['PARLEY_FUZZ_SEED'] ?? 20_260_105);

/** Operations whose success removes what later requests need, or adds clutter. */
const changesTheScene: ReadonlySet<string> = new Set([
  'create',
  'leave',
  'end',
  'unpublishStream',
  'stopViewStream',
  'unregisterUserEndpoint',
]);

it('responds to hostile requests as documented, changes nothing when it refuses, and survives', async () => {
  const server = await startTestServer({
    pollTimeoutMs: 1,
    limits: {
      eventBytes: 20_000,
      conferenceMetadataBytes: 20_000,
      participantMetadataBytes: 5_000,
      streamMetadataBytes: 5_000,
    },
  });
  const send = senderOf(server);
  const known: KnownIds = await setScene(server);
  const counts: Record<number, number> = {};
  let before = await stateOf(server);

  await fc.assert(
    fc.asyncProperty(hostileRequests(known), async (request) => {
      const { status, body } = await send(request);
      counts[status] = (counts[status] ?? 0) + 1;
      checkAnswer(request.operation, status, body);
      expect(status).toBeLessThan(500);
      const after = await stateOf(server);
      if (status >= 400) expect(after).toBe(before);
      before = after;
      if (status < 300 && changesTheScene.has(request.operation.operationId)) {
        await clearScene(server, known.userEndpointId);
        // In place, because the arbitrary reads known ids from this object.
        Object.assign(known, await setScene(server));
        before = await stateOf(server);
      }
    }),
    { numRuns: runs, seed, endOnFailure: true },
  );

  expect(await server.service.do('getConference', { params: { id: known.conferenceId } })).toMatchObject({
    id: known.conferenceId,
  });
  expect(Object.prototype).not.toHaveProperty('isAdmin');
  // Neither all refused nor all accepted: the requests get past the first checks.
  expect(Object.keys(counts)).toEqual(expect.arrayContaining(['200', '204', '400', '401', '404']));
  if (runs > 2_000) process.stdout.write(`hostile requests by status: ${JSON.stringify(counts)}\n`);
}, 3_600_000);

/** Creates a conference with a participant, a stream and a view. */
async function setScene({ service }: TestServer): Promise<KnownIds> {
  const conferenceId = await service.create();
  const userEndpointId = await service.register(86_400);
  await service.do('join', { body: { conferenceId, userEndpointId } });
  const streamId = await service.publish(conferenceId, userEndpointId);
  const { viewerId = '' } = await service.do<ViewStreamResult>('viewStream', {
    body: { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0' },
  });
  return { conferenceId, userEndpointId, streamId, viewerId };
}

/** Ends every conference, so that reading the state stays fast. */
async function clearScene({ service }: TestServer, formerEndpointId: string): Promise<void> {
  await service.call('unregisterUserEndpoint', { body: { userEndpointId: formerEndpointId } });
  const userEndpointId = await service.register();
  for (const { id: conferenceId } of await service.do<readonly { readonly id: string }[]>('getActive')) {
    await service.do('end', { body: { conferenceId, userEndpointId } });
  }
  await service.do('unregisterUserEndpoint', { body: { userEndpointId } });
}

/** Everything that a refused request must not change, as text. */
async function stateOf({ service, mediaRouter, url }: TestServer): Promise<string> {
  const answer = await fetch(`${url}/rtc-api/conferences/active`, {
    headers: { authorization: `Bearer ${service.token}` },
  });
  const views = [...mediaRouter.views].map(([key, viewerIds]) => [key, [...viewerIds]]);
  return JSON.stringify([await answer.text(), [...mediaRouter.streams.keys()], views]);
}

type Sender = (request: HostileRequest) => Promise<{ readonly status: number; readonly body: unknown }>;

/** Sends requests that `fetch` would correct. Advances the clock for parked requests. */
function senderOf({ url, service, clock }: TestServer): Sender {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => {
    agent.destroy();
  });
  return ({ operation, path, contentType, body }) =>
    new Promise((resolve, reject) => {
      const ticking =
        operation.operationId === 'getEvents' &&
        setInterval(() => {
          clock.advance(1);
        }, 1);
      const request = httpRequest(
        `${url}${path}`,
        {
          agent,
          method: operation.method,
          headers: {
            authorization: `Bearer ${service.token}`,
            ...(body !== undefined && contentType !== '' && { 'content-type': contentType }),
          },
        },
        (response) => {
          if (response.headers['content-type']?.startsWith('text/event-stream')) {
            // An accepted push stays open for a minute.
            response.destroy();
            resolve({ status: response.statusCode ?? 0, body: undefined });
            return;
          }
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            if (ticking !== false) clearInterval(ticking);
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
          });
        },
      );
      request.once('error', reject);
      request.end(body);
    });
}
