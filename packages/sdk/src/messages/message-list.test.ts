import { TimeoutError } from '@parley-rtc/client';
import { expect, it } from 'vitest';
import { messageListOf, type MessageSource } from './message-list.ts';
import type { SendOptions } from './message.ts';

it('sends a message that failed again with its id and recipients, so that it arrives once', async () => {
  const sent: (SendOptions | undefined)[] = [];
  const list = messageListOf(
    {
      on: () => () => {},
      send: async (_topic, _payload, options) => {
        sent.push(options);
        if (sent.length === 1) throw new TimeoutError('send', 1_000);
        return { id: options?.id ?? '', sentAt: '2026-01-05T10:00:00.000Z', sequence: 1 };
      },
    },
    'chat',
  );
  await expect(list.send('hi', { to: 'bob' })).rejects.toThrow(TimeoutError);
  const [failed] = list.getSnapshot();
  await list.retry(failed?.key ?? '');
  expect(sent).toEqual([
    { to: 'bob', id: failed?.key },
    { to: 'bob', id: failed?.key },
  ]);
  expect(list.getSnapshot()).toMatchObject([{ key: failed?.key, status: 'sent', error: undefined }]);
});

/** A list whose conference fails until `isReachable`. */
function unreliable() {
  const sent: (SendOptions | undefined)[] = [];
  const state = { isReachable: false };
  const source: MessageSource = {
    on: () => () => {},
    send: async (_topic, _payload, options) => {
      sent.push(options);
      options?.signal?.throwIfAborted();
      if (!state.isReachable) throw new TimeoutError('send', 1_000);
      return { id: options?.id ?? '', sentAt: '2026-01-05T10:00:00.000Z', sequence: 1 };
    },
  };
  return { sent, state, list: messageListOf(source, 'chat') };
}

it('sends a message again although its first attempt was aborted', async () => {
  const { state, list } = unreliable();
  await expect(list.send('hi', { signal: AbortSignal.abort() })).rejects.toBeDefined();
  state.isReachable = true;
  const [failed] = list.getSnapshot();
  await list.retry(failed?.key ?? '');
  expect(list.getSnapshot()).toMatchObject([{ payload: 'hi', status: 'sent' }]);
});

it('lists a message once, in its place, that the app sends again with its id', async () => {
  const { sent, state, list } = unreliable();
  await expect(list.send('first', { id: 'mine' })).rejects.toThrow(TimeoutError);
  await expect(list.send('second')).rejects.toThrow(TimeoutError);
  state.isReachable = true;
  await list.send('first', { id: 'mine' });
  expect(list.getSnapshot()).toMatchObject([
    { key: 'mine', payload: 'first', status: 'sent' },
    { payload: 'second', status: 'failed' },
  ]);
  expect(sent.filter((options) => options?.id === 'mine')).toHaveLength(2);
});

it.each([
  ['first', [0, 1]],
  ['second', [1, 0]],
])(
  'shows as sent what was sent twice with its id, when the %s call fails before or after',
  async (_which, order) => {
    const calls: { resolve: () => void; reject: (error: unknown) => void }[] = [];
    const list = messageListOf(
      {
        on: () => () => {},
        send: (_topic, _payload, options) =>
          new Promise((resolve, reject) => {
            const sent = { id: options?.id ?? '', sentAt: '2026-01-05T10:00:00.000Z', sequence: 1 };
            calls.push({ resolve: () => resolve(sent), reject });
          }),
      },
      'chat',
    );
    const sending = [list.send('hi', { id: 'mine' }), list.send('hi', { id: 'mine' })];
    const settled = Promise.allSettled(sending);
    const end = [() => calls[0]?.reject(new TimeoutError('send', 1_000)), () => calls[1]?.resolve()];
    for (const index of order) {
      end[index]?.();
      await Promise.allSettled([sending[index]]);
    }
    await settled;
    expect(list.getSnapshot()).toMatchObject([{ status: 'sent', error: undefined }]);
  },
);
