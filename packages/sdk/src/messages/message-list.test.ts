import { TimeoutError } from '@parley-rtc/client';
import { expect, it } from 'vitest';
import { messageListOf } from './message-list.ts';
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
