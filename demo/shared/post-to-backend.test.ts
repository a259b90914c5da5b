import { afterEach, expect, it, vi } from 'vitest';
import { postToBackend } from './post-to-backend.ts';
import { UserError } from './user-error.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function answerWith(body: string, init: ResponseInit = {}): void {
  vi.stubGlobal('fetch', async () => new Response(body, init));
}
const post = () => postToBackend('ticket', {}).catch((error: unknown) => error);

it('returns what the back end answers', async () => {
  answerWith('{"ticket":"abc"}');
  expect(await post()).toEqual({ ticket: 'abc' });
});

it('quotes the back end', async () => {
  answerWith('{"error":"too_many_requests","error_description":"Wait ten seconds."}', { status: 429 });
  expect(await post()).toEqual(new UserError('Wait ten seconds.'));
});

it.each([
  ['a login page', '<!doctype html><title>Log in</title>', 200],
  ['an empty body', '', 200],
  ['half an answer', '{"ticket":', 200],
  ['null', 'null', 502],
  ['a page of a proxy', '<h1>Bad Gateway</h1>', 502],
])('takes %s for no answer', async (_what, body, status) => {
  answerWith(body, { status });
  expect(await post()).toBeInstanceOf(UserError);
});

it('does not wait for ever', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort());
  vi.stubGlobal('fetch', async (_url: string, { signal }: RequestInit) => {
    signal?.throwIfAborted();
    return new Promise(() => {});
  });
  const outcome = await Promise.race([post(), new Promise((resolve) => setTimeout(resolve, 50, 'waiting'))]);
  expect(outcome).toBeInstanceOf(UserError);
  expect(timeout.mock.calls[0]?.[0]).toBeLessThanOrEqual(15_000);
});
