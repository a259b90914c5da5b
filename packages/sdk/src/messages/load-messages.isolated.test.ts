import { beforeEach, expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type * as loadPartModule from '../load-part.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

const files = vi.hoisted(() => ({ failures: 0, loads: 0 }));

vi.mock('../load-part.ts', async (original) => {
  const { loadPart } = await original<typeof loadPartModule>();
  return {
    loadPart: (name: string, load: () => Promise<unknown>) =>
      loadPart(name, () => {
        files.loads += name === 'messages' ? 1 : 0;
        return name === 'messages' && files.loads <= files.failures
          ? Promise.reject(new TypeError('Failed to fetch'))
          : load();
      }),
  };
});

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

beforeEach(() => Object.assign(files, { failures: 0, loads: 0 }));

it('the code for messages loads with the first listener, once', async () => {
  const ada = await joinAs(server, 'ada');
  await settle();
  expect(files.loads).toBe(0);
  ada.on('message', () => {});
  ada.on('message', () => {})();
  await settle();
  await ada.send('chat', 'hello');
  expect(files.loads).toBe(1);
});

it.each([true, false])(
  'a listener receives every message, also those sent while the code failed to load (push: %s)',
  async (hasPush) => {
    server.hasPush = hasPush;
    const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
    await bob.send('chat', 'before the listener');
    Object.assign(files, { failures: 3, loads: 0 });
    const received: unknown[] = [];
    const problems: string[] = [];
    ada.on('error', ({ error }) => void problems.push(error.code));
    ada.on('message', ({ payload }) => void received.push(payload));
    await settle();
    await bob.send('chat', 'while it failed');
    await settle();
    expect(received).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    await bob.send('chat', 'afterwards');
    await settle();
    expect(received).toEqual(['before the listener', 'while it failed', 'afterwards']);
    expect(problems).toEqual(['ERR_PART_NOT_LOADED']);
  },
);

it('a handler of requests answers although the code failed to load at first', async () => {
  const [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  await settle();
  files.failures = 1;
  ada.onRequest('age', () => 36);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await bob.request('age', null, { to: ada.endpointId })).toBe(36);
});

it('a message that is sent while its code cannot be loaded rejects, and the next one tries again', async () => {
  const ada = await joinAs(server, 'ada');
  files.failures = 1;
  expect(await rejectionOf(ada.send('chat', 1))).toMatchObject({ code: 'ERR_PART_NOT_LOADED' });
  expect(await ada.send('chat', 2)).toMatchObject({ id: expect.any(String) as string });
});

it.each(['after the listener was removed', 'after leaving'])(
  'loading is not tried again %s',
  async (when) => {
    const ada = await joinAs(server, 'ada');
    files.failures = Infinity;
    const stop = ada.on('message', () => {});
    await vi.advanceTimersByTimeAsync(0);
    if (when === 'after leaving') await ada.leave();
    else stop();
    const { loads } = files;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(loads).toBeGreaterThan(0);
    expect(files.loads).toBe(loads);
  },
);
