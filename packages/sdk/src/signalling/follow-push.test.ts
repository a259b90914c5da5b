import { ForbiddenError, InvalidRequestError, NotFoundError } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../testing/settle.ts';
import { pushFeed, type FollowPush, type PushEnd } from './push-feed.ts';

let controller: ReadableStreamDefaultController<Uint8Array>;
let isCancelled: boolean;
let opened: (string | undefined)[];
let received: unknown[];
let answersGoOn: boolean;
let follow: FollowPush;
let abort: AbortController;
let ended: PushEnd | 'failed' | undefined;
const onOpen = vi.fn<() => void>();

const stream = () =>
  new ReadableStream<Uint8Array>({
    start: (started) => void (controller = started),
    cancel: () => void (isCancelled = true),
  });

beforeEach(() => {
  vi.useFakeTimers();
  isCancelled = false;
  opened = [];
  received = [];
  answersGoOn = true;
  abort = new AbortController();
  onOpen.mockReset();
  follow = pushFeed({
    open: async (lastEventId) => {
      opened.push(lastEventId);
      return stream();
    },
    onOpen,
    onEvent: (event) => {
      received.push(event);
      return answersGoOn;
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Follows a push, and waits until it is open. */
async function begin(isContinued = true): Promise<void> {
  ended = undefined;
  follow(abort.signal, isContinued).then(
    (end) => (ended = end),
    () => (ended = 'failed'),
  );
  await settle();
}

async function send(text: string): Promise<void> {
  controller.enqueue(new TextEncoder().encode(text));
  await settle();
}

it('is open with the first bytes, and delivers each message, decoded or as its text', async () => {
  await begin();
  expect(onOpen).not.toHaveBeenCalled();
  await send(': hi\n\n');
  await send('id: 7\ndata: {"a":1}\n\nda');
  await send('ta: no JSON\n\n');
  expect(onOpen).toHaveBeenCalledOnce();
  expect(received).toEqual([{ a: 1 }, 'no JSON']);
  expect(ended).toBeUndefined();
});

it('keeps together a letter whose bytes arrive apart', async () => {
  await begin();
  const bytes = new TextEncoder().encode('data: "é"\n\n');
  controller.enqueue(bytes.slice(0, 8));
  controller.enqueue(bytes.slice(8));
  await settle();
  expect(received).toEqual(['é']);
});

it('continues after the last message, unless the state has changed by other means', async () => {
  await begin();
  await send('id: 7\ndata: {}\n\n');
  controller.close();
  await settle();
  expect(ended).toBe('over');
  await begin();
  controller.close();
  await settle();
  await begin(false);
  controller.close();
  await settle();
  await begin();
  expect(opened).toEqual([undefined, '7', undefined, undefined]);
});

describe('it ends', () => {
  it('when the receiver wants no more', async () => {
    await begin();
    answersGoOn = false;
    await send('data: 1\n\ndata: 2\n\n');
    expect(received).toEqual([1]);
    expect([ended, isCancelled]).toEqual(['over', true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('when it is aborted, before or while it waits, and listens to the signal no more', async () => {
    const remove = vi.spyOn(abort.signal, 'removeEventListener');
    await begin();
    await send('data: 1\n\n');
    abort.abort();
    await settle();
    expect([ended, isCancelled]).toEqual(['over', true]);
    expect(remove).toHaveBeenCalledWith('abort', expect.any(Function));
    isCancelled = false;
    await begin();
    expect([ended, isCancelled]).toEqual(['over', true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('as silent after 5 s without a greeting', async () => {
    await begin();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect([ended, isCancelled]).toEqual(['silent', true]);
    expect(onOpen).not.toHaveBeenCalled();
  });

  it('as silent 20 s after the last bytes', async () => {
    await begin();
    await send(': hi\n\n');
    await vi.advanceTimersByTimeAsync(19_999);
    await send(':\n\n');
    await vi.advanceTimersByTimeAsync(19_999);
    expect(ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toBe('silent');
  });

  it('with the error of the network', async () => {
    await begin();
    controller.error(new TypeError('network error'));
    await settle();
    expect(ended).toBe('failed');
    expect(vi.getTimerCount()).toBe(0);
  });
});

it.each<[string, Error, PushEnd | 'failed']>([
  ['has no push', new NotFoundError({ operation: 'openPush', status: 404 }), 'unsupported'],
  ['refuses it', new ForbiddenError({ operation: 'openPush', status: 403 }), 'refused'],
  ['lacks the position', new InvalidRequestError({ operation: 'openPush', status: 400 }), 'misplaced'],
  ['lacks the position (409)', new InvalidRequestError({ operation: 'openPush', status: 409 }), 'misplaced'],
  ['lacks the position (410)', new InvalidRequestError({ operation: 'openPush', status: 410 }), 'misplaced'],
  ['lacks the position (416)', new InvalidRequestError({ operation: 'openPush', status: 416 }), 'misplaced'],
  ['lacks the position (422)', new InvalidRequestError({ operation: 'openPush', status: 422 }), 'misplaced'],
  ['finds it too large', new InvalidRequestError({ operation: 'openPush', status: 413 }), 'refused'],
  ['cannot be reached', new TypeError('network error'), 'failed'],
])('a server that %s ends it before it is open', async (_how, error, end) => {
  follow = pushFeed({ open: () => Promise.reject(error), onOpen, onEvent: () => true });
  await begin();
  expect(ended).toBe(end);
});
