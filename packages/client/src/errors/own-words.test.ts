import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpErrorFor, isForeign, serverErrorOf } from './http-error-for.ts';
import { readWords } from './own-words.ts';
import { retryAfterMs } from './retry-after-ms.ts';

afterEach(() => {
  vi.useRealTimers();
});

const json = (value: unknown) => JSON.stringify(value);

describe('the body of an error', () => {
  it.each([
    [
      'a code with a description',
      404,
      json({ error: 'not_found', error_description: 'Gone.' }),
      'not_found',
      'Gone.',
    ],
    ['a code of OAuth alone', 401, json({ error: 'invalid_token' }), 'invalid_token', undefined],
    ['a map of texts, for a 400', 400, json({ name: 'is missing', age: 'is low' }), undefined, 'is missing'],
  ])('is the words of the API: %s', (_what, status, body, serverError, serverMessage) => {
    expect(readWords(status, body)).toEqual({ isOwn: true, serverError, serverMessage });
  });

  it.each([
    ['a reason phrase', 404, json({ error: 'Not Found', error_description: 'x' }), 'x'],
    ['another code alone', 404, json({ error: 'not_found' }), 'not_found'],
    [
      'a code with a description that is not text',
      404,
      json({ error: 'not_found', error_description: 1 }),
      undefined,
    ],
    ['a map of which not all are texts, for a 400', 400, json({ name: 'is missing', path: 7 }), 'is missing'],
    ['an empty map, for a 400', 400, '{}', undefined],
    ['a map of texts, for a 404', 404, json({ name: 'is missing' }), 'is missing'],
    ['a list', 400, json(['a']), undefined],
    ['a text in JSON', 404, json('nothing here'), 'nothing here'],
    ['a page', 404, ' <html>nothing here</html>\n', '<html>nothing here</html>'],
    ['null', 404, 'null', undefined],
    ['nothing', 404, '', ''],
  ])('is only quoted: %s', (_what, status, body, serverMessage) => {
    expect(readWords(status, body)).toEqual({ isOwn: false, serverError: undefined, serverMessage });
  });
});

const own = json({ error: 'a_code', error_description: 'Because.' });
const errorOf = (
  status: number,
  body: string = own,
  operation = 'leave',
  headers: Record<string, string> = {},
) => httpErrorFor({ operation }, { status, headers: new Headers(headers) }, body);

describe('the error for a response', () => {
  it.each([
    [302, own, 'ForeignAnswerError'],
    [399, own, 'ForeignAnswerError'],
    [400, own, 'InvalidRequestError'],
    [400, 'a page', 'ForeignAnswerError'],
    [401, own, 'UnauthorizedError'],
    [403, own, 'ForbiddenError'],
    [404, own, 'NotFoundError'],
    [404, 'a page', 'ForeignAnswerError'],
    [409, own, 'InvalidRequestError'],
    [422, own, 'InvalidRequestError'],
    [429, 'a page', 'TooManyRequestsError'],
    [499, 'a page', 'ForeignAnswerError'],
    [500, 'a page', 'ServerError'],
    [503, own, 'ServerError'],
    [403, json({ error: 'conference_full', error_description: 'Full.' }), 'ConferenceFullError'],
    [403, json({ error: 'locked', error_description: 'Locked.' }), 'ConferenceLockedError'],
    [403, json({ error: 'lobby', error_description: 'Wait.' }), 'WaitingRoomError'],
    [403, json({ error: 'removed', error_description: 'Removed.' }), 'RemovedError'],
    [403, json({ error: 'banned', error_description: 'Banned.' }), 'RemovedError'],
  ])('%d %s is a %s', (status, body, name) => {
    expect(errorOf(status, body).name).toBe(name);
    expect(isForeign(status, body)).toBe(name === 'ForeignAnswerError');
  });

  it('422 means an endpoint that has joined already, for `join` only', () => {
    expect(errorOf(422, own, 'join').name).toBe('AlreadyJoinedError');
    expect(errorOf(409, own, 'join').name).toBe('InvalidRequestError');
  });

  it('has what the server said, of which at most 200 characters, and how to find it in its log', () => {
    const body = json({ error: 'a_code', error_description: 'x'.repeat(201) });
    const error = errorOf(400, body, 'leave', { 'x-request-id': 'r-1' });
    expect(error).toMatchObject({ status: 400, serverError: 'a_code', requestId: 'r-1' });
    expect(/x+/.exec(error.message)?.[0]).toHaveLength(200);
    expect(errorOf(400).requestId).toBeUndefined();
    expect(errorOf(429, own, 'leave', { 'retry-after': '3' })).toMatchObject({ retryAfterMs: 3_000 });
  });

  it('reads a body that is not text as nothing', () => {
    expect(serverErrorOf(400, own)).toBe('a_code');
    expect(serverErrorOf(400, { error: 'a_code' })).toBeUndefined();
    expect(isForeign(400, undefined)).toBe(true);
  });
});

it.each([
  [undefined, undefined],
  ['', undefined],
  ['0', 0],
  ['1.5', 1_500],
  ['-5', 0],
  ['soon', undefined],
  ['Mon, 05 Jan 2026 10:00:07 GMT', 7_000],
  ['Mon, 05 Jan 2026 09:00:00 GMT', 0],
])('Retry-After: %s asks for %s ms', (value, expected) => {
  vi.useFakeTimers({ now: Date.parse('2026-01-05T10:00:00Z') });
  expect(retryAfterMs(new Headers(value === undefined ? {} : { 'retry-after': value }))).toBe(expected);
});
