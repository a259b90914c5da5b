import { fastify } from 'fastify';
import { expect, it, vi } from 'vitest';
import { MediaError, type MediaErrorCode } from '../media/media-router.ts';
import { RefusalError, type RefusalCode } from '../refusal.ts';
import { answerErrors } from './error-answers.ts';
import { RateLimitError } from './rates/rate-limiter.ts';

/** The answer to a request whose handler throws this error. */
async function answerTo(error: Error) {
  const onFailure = vi.fn<(error: unknown) => void>();
  const app = fastify();
  answerErrors(app, onFailure);
  app.get('/', () => {
    throw error;
  });
  const { statusCode, headers, body } = await app.inject('/');
  const content = JSON.parse(body) as { readonly error: string; readonly error_description: string };
  return { status: statusCode, headers, body: content, onFailure };
}

it.each<[RefusalCode, number]>([
  ['invalid_request', 400],
  ['not_joined', 400],
  ['already_exists', 400],
  ['position_unavailable', 400],
  ['limit_exceeded', 400],
  ['invalid_grant', 400],
  ['unauthorized_client', 400],
  ['invalid_token', 401],
  ['invalid_client', 401],
  ['forbidden', 403],
  ['conference_full', 403],
  ['not_found', 404],
  ['already_joined', 422],
  ['too_many_requests', 429],
])('answers the refusal %s with %i', async (code, expected) => {
  const { status, headers, body, onFailure } = await answerTo(new RefusalError(code, 'Why. What to do.'));
  expect([status, body]).toEqual([expected, { error: code, error_description: 'Why. What to do.' }]);
  expect(headers['www-authenticate']).toBe(code === 'invalid_token' ? 'Bearer' : undefined);
  expect(headers['retry-after']).toBe(code === 'too_many_requests' ? '3' : undefined);
  expect(onFailure).not.toHaveBeenCalled();
});

it.each<[MediaErrorCode, number, string]>([
  ['bad_offer', 400, 'invalid_request'],
  ['no_common_codec', 400, 'no_common_codec'],
  ['unknown_stream', 404, 'not_found'],
  ['unknown_view', 404, 'not_found'],
  ['overloaded', 503, 'overloaded'],
])('answers the media error %s with %i %s and a hint', async (code, expected, error) => {
  const { status, headers, body, onFailure } = await answerTo(new MediaError(code, 'What happened.'));
  expect([status, body.error]).toEqual([expected, error]);
  expect(body.error_description).toMatch(/^What happened\. \w+/);
  expect(headers['retry-after']).toBe(code === 'overloaded' ? '3' : undefined);
  expect(onFailure.mock.calls).toHaveLength(code === 'overloaded' ? 1 : 0);
});

it('says how long a rate limit lasts', async () => {
  const { status, headers } = await answerTo(new RateLimitError('5 calls', 42));
  expect([status, headers['retry-after']]).toEqual([429, '42']);
});

it('reports its own failures, and tells callers nothing about them', async () => {
  const failure = new Error('secret');
  const { status, body, onFailure } = await answerTo(failure);
  expect([status, body.error]).toEqual([500, 'internal_error']);
  expect(body.error_description).not.toContain('secret');
  expect(onFailure).toHaveBeenCalledWith(failure, expect.anything());
});

it('names trouble of the machine, which may pass', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const { status, headers, body, onFailure } = await answerTo(full);
  expect([status, body.error, headers['retry-after']]).toEqual([503, 'disk_full', '3']);
  expect(onFailure).toHaveBeenCalledOnce();
});

/** The answer to an error of the framework. */
const refused = (code: string, statusCode: number) =>
  answerTo(Object.assign(new Error('As the framework says.'), { code, statusCode }));

it('answers what the framework refuses with 400, and explains it', async () => {
  expect(await refused('FST_ERR_CTP_BODY_TOO_LARGE', 413)).toMatchObject({
    status: 400,
    body: { error: 'invalid_request', error_description: expect.stringContaining('bodyBytes') },
  });
  expect(await refused('OTHER', 499)).toMatchObject({
    status: 400,
    body: { error_description: 'As the framework says.' },
  });
  expect(await refused('OTHER', 500)).toMatchObject({ status: 500 });
});

it('cuts descriptions after 600 characters', async () => {
  for (const [length, shown] of [
    [600, 'x'.repeat(600)],
    [601, `${'x'.repeat(600)}…`],
  ] as const) {
    const { body } = await answerTo(new RefusalError('invalid_request', 'x'.repeat(length)));
    expect(body.error_description).toBe(shown);
  }
});

it('answers unknown paths with 404', async () => {
  const app = fastify();
  answerErrors(app, () => {});
  const answer = await app.inject('/nowhere');
  expect([answer.statusCode, answer.json()]).toMatchObject([404, { error: 'not_found' }]);
});
