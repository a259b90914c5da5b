import { expect, it } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
// Loaded in advance, because fake timers do not wait for files.
import '../conference/conference-messages.ts';
import './requests.ts';

let server: FakeServer;
let ada: Conference;
let bob: Conference;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  server.hasPush = false;
  [ada, bob] = [await joinAs(server, 'ada'), await joinAs(server, 'bob')];
  await settle();
});

/** Puts an event that apps can listen to before the messages whose payload is in the list. */
function putNewsBefore(...payloads: readonly unknown[]): void {
  server.distort = (events) =>
    events.flatMap((event) => {
      const { payload } = event as { readonly payload?: unknown };
      return payloads.includes(payload)
        ? [
            {
              type: 'News',
              id: `n${String(payload)}`,
              timestamp: '2026-01-05T10:00:00.000Z',
              conferenceId: 'room',
              conferenceVersion: null,
            },
            event,
          ]
        : [event];
    });
}

it('held messages come before those that arrive together with the reason to listen', async () => {
  bob.onRequest('ping', () => {});
  await ada.send('chat', 'held');
  await settle();
  const bobs: unknown[] = [];
  bob.on('server-event', () => {
    if (bobs.length === 0) bob.on('message', ({ payload }) => void bobs.push(payload));
  });
  putNewsBefore('new');
  await ada.send('chat', 'new');
  await settle();
  expect(bobs).toEqual(['held', 'new']);
});

it('a message that arrives between two listeners in one answer of the server is not lost', async () => {
  const bobs: unknown[] = [];
  const listen = () => {
    const stop = bob.on('message', ({ payload }) => {
      bobs.push(payload);
      if (payload === 1) stop();
    });
  };
  listen();
  await settle();
  bob.on('server-event', listen);
  putNewsBefore(3);
  await Promise.all([1, 2, 3].map((number) => ada.send('chat', number)));
  await settle();
  expect(bobs).toEqual([1, 2, 3]);
});
