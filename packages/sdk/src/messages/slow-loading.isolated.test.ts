import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type * as loadPartModule from '../load-part.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

vi.mock('../load-part.ts', async (original) => {
  const { loadPart } = await original<typeof loadPartModule>();
  const never = new Promise<never>(() => {});
  return {
    loadPart: (name: string, load: () => Promise<unknown>) =>
      name === 'messages' ? never : loadPart(name, load),
  };
});

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it.each(['send', 'request'] as const)(
  '%s ends with its signal, its deadline, and when we leave, while its code loads',
  async (verb) => {
    const ada = await joinAs(server, 'ada');
    const abort = new AbortController();
    const aborted = rejectionOf(ada[verb]('chat', 1, { to: 'bob', signal: abort.signal }));
    const late = rejectionOf(ada[verb]('chat', 1, { to: 'bob', timeoutMs: 1_000 }));
    const left = rejectionOf(ada[verb]('chat', 1, { to: 'bob' }));
    abort.abort();
    expect(await aborted).toMatchObject({ code: 'ERR_ABORTED' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await late).toMatchObject({ code: 'ERR_TIMEOUT' });
    await ada.leave();
    expect(await left).toMatchObject({ code: 'ERR_NOT_JOINED' });
  },
);
