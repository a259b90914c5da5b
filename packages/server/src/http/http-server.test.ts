import { expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';
import { readOpenapiDocument } from './openapi-document.ts';

it('accepts calls from pages of any origin with a token, but without cookies', async () => {
  const { url } = await startTestServer();
  const preflight = await fetch(`${url}/rtc-api/conferences/join`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  expect(preflight.ok).toBe(true);
  const allowed = Object.fromEntries(preflight.headers);
  expect(allowed['access-control-allow-origin']).toBe('*');
  expect(allowed['access-control-allow-headers']).toMatch(/Authorization/);
  expect(allowed['access-control-max-age']).toBe('86400');
  expect(allowed).not.toHaveProperty('access-control-allow-credentials');
  const refused = await fetch(`${url}/rtc-api/iceServers`, {
    headers: { origin: 'https://app.example.com' },
  });
  expect(refused.headers.get('access-control-allow-origin')).toBe('*');
});

it('gives each response a unique request id', async () => {
  const { url } = await startTestServer();
  const [one, two] = await Promise.all([fetch(`${url}/healthz`), fetch(`${url}/healthz`)]);
  expect(one.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(two.headers.get('x-request-id')).not.toBe(one.headers.get('x-request-id'));
});

it('reports its health and serves its own document', async () => {
  const { url } = await startTestServer();
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
  const document = await fetch(`${url}/openapi.yaml`);
  expect(document.headers.get('content-type')).toMatch(/yaml/);
  expect(await document.text()).toBe(readOpenapiDocument().text);
});

it.each([
  ['an unknown path', 404, 'not_found', '/nowhere', { method: 'GET' }],
  ['broken JSON', 400, 'invalid_request', '/rtc-api/conferences/create', { body: '{' }],
  ['a missing body', 400, 'invalid_request', '/rtc-api/conferences/create', {}],
  [
    'an unknown content type',
    400,
    'invalid_request',
    '/rtc-api/conferences/create',
    { type: 'text/csv', body: 'a' },
  ],
  [
    'a key that pollutes prototypes',
    400,
    'invalid_request',
    '/rtc-api/conferences/create',
    { body: '{"__proto__":{}}' },
  ],
  [
    'a body that is too large',
    400,
    'invalid_request',
    '/rtc-api/conferences/create',
    { body: ' '.repeat(2 ** 21) },
  ],
])('answers %s in the usual shape', async (_what, status, error, path, request) => {
  const { url, service } = await startTestServer();
  const {
    method = 'POST',
    type = 'application/json',
    body,
  } = request as Partial<Record<'method' | 'type' | 'body', string>>;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${service.token}`,
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error, error_description: expect.stringMatching(/\w+ \w+/) });
});

it.each(['x', 'ü', '文', '😀'])('finds a conference whose id is 256 times %s', async (character) => {
  const { service } = await startTestServer();
  const conferenceId = character.repeat(256);
  await service.create({ conferenceId });
  expect(await service.do('getConference', { params: { id: conferenceId } })).toMatchObject({
    id: conferenceId,
  });
});
