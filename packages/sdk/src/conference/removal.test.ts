import { InvalidRequestError, RemovedError, TokenError } from '@parley-rtc/client';
import { describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Conference } from './conference.ts';

let server: FakeServer;
let page: FakePage;
let ada: Conference;
let host: Conference;

useFakeConference(async (fakes) => {
  ({ server, page } = fakes);
  server.hasModeration = true;
  server.moderation.permit('host', { moderate: true });
  ada = await joinAs(server, 'ada');
  host = await joinAs(server, 'host');
});

function remove(ban = false): Promise<void> {
  return server.api('host').removeParticipant({
    conferenceId: 'room',
    userEndpointId: host.endpointId,
    participantId: ada.endpointId,
    reason: 'Spam',
    ban,
  });
}

/** Everything is closed, nothing comes back, and the app knows. */
async function expectOut(heard: readonly string[], removed: string): Promise<void> {
  const joins = server.callsOf('join').length;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(server.callsOf('join')).toHaveLength(joins);
  expect(heard.slice(-2)).toEqual([`removed ${removed}`, 'connection-changed removed']);
  expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(ada.state.getSnapshot().connection).toBe('removed');
  expect(FakePeerConnection.open.size).toBe(0);
  expect(capturedTracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
  expect(await rejectionOf(ada.send('chat', 'Hi'))).toMatchObject({ code: 'ERR_NOT_JOINED' });
}

it.each([false, true])('a removed participant learns why, and is out for good (ban: %s)', async (ban) => {
  await ada.publishStream({ camera: true, microphone: true });
  await settle();
  const heard = listenTo(ada);
  await settle();
  await remove(ban);
  await settle();
  const removal = {
    reason: 'Spam',
    removedBy: { userId: 'host', endpointId: host.endpointId },
    isBanned: ban,
  };
  expect(ada.state.getSnapshot().removal).toEqual(removal);
  await expectOut(heard, `host Spam ${ban}`);
  expect(server.callsOf('leave')).toEqual([]);
});

it('other participants see who removed the participant, and why', async () => {
  const bob = await joinAs(server, 'bob');
  const gone: unknown[] = [];
  bob.on('participant-left', ({ participant, ...departure }) => void gone.push([participant.id, departure]));
  await settle();
  await remove(true);
  await settle();
  const removedBy = { userId: 'host', endpointId: host.endpointId };
  expect(gone).toEqual([[ada.endpointId, { reason: 'Spam', removedBy, isBanned: true }]]);
});

it('a participant who leaves says why, and nobody removed it', async () => {
  const gone: unknown[] = [];
  host.on('participant-left', ({ participant: _, ...departure }) => void gone.push(departure));
  await settle();
  await ada.leave({ reason: 'Lunch' });
  await settle();
  expect(gone).toEqual([{ reason: 'Lunch', removedBy: undefined, isBanned: false }]);
});

/** What a token source throws once its ticket is banned. */
function banned(): TokenError {
  const cause = new InvalidRequestError({
    operation: 'requestToken',
    status: 400,
    serverError: 'invalid_grant',
    serverMessage: 'The user of this ticket is banned from the conference.',
  });
  return new TokenError('The `token` function failed.', { cause });
}

describe('a removal while we are away', () => {
  it('is learned from the event', async () => {
    const heard = listenTo(ada);
    await settle();
    page.setOnline(false);
    await settle();
    await remove();
    await vi.advanceTimersByTimeAsync(5_000);
    page.setOnline(true);
    await settle();
    await expectOut(heard, 'host Spam false');
  });

  it.each([false, true])('is learned from the refusal to let us in again (ban: %s)', async (ban) => {
    const heard = listenTo(ada);
    await settle();
    let isLost = true;
    server.distort = (events) => (isLost ? [] : events);
    await remove(ban);
    // The keep-alive finds that the endpoint is gone.
    await vi.advanceTimersByTimeAsync(10_000);
    isLost = false;
    await expectOut(heard, `undefined undefined ${ban}`);
  });

  it.each(['getEvents', 'keepAliveUserEndpoint'])(
    'is learned from a ticket that is banned, which %s needs',
    async (operation) => {
      const heard = listenTo(ada);
      await settle();
      server.intercept = ({ operation: called, command }) => {
        const isAda =
          called !== 'keepAliveUserEndpoint' ||
          (command as { userEndpointId: string }).userEndpointId === ada.endpointId;
        if (called === operation && isAda) throw banned();
      };
      server.distort = () => [];
      await remove(true);
      await host.leave();
      await vi.advanceTimersByTimeAsync(120_000);
      await expectOut(heard, 'undefined undefined true');
    },
  );

  it('is learned from a refusal to read', async () => {
    const heard = listenTo(ada);
    await host.leave();
    await settle();
    server.intercept = ({ operation }) => {
      if (operation === 'getEvents')
        throw new RemovedError({ operation, status: 403, serverError: 'removed' });
    };
    server.wake();
    await vi.advanceTimersByTimeAsync(60_000);
    await expectOut(
      heard.filter((line) => !line.startsWith('participant')),
      'undefined undefined false',
    );
  });
});

it('a removed endpoint cannot join, and the error says so', async () => {
  await remove();
  expect(await rejectionOf(joinAs(server, 'ada', { endpointId: ada.endpointId }))).toMatchObject({
    code: 'ERR_REMOVED',
    serverError: 'removed',
  });
});
