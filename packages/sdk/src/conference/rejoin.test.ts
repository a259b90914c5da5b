import { InvalidRequestError, TokenError } from '@parley-rtc/client';
import { findParticipant } from '@parley-rtc/contract';
import { describe, expect, it, vi } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

/** Unregisters and removes an endpoint, as the server does after a long silence. */
function drop(endpointId: string): void {
  server.endpoints.delete(endpointId);
  server.removeEndpoint(endpointId);
}

/** Takes the preferred id out of a registration, so that the server chooses one. */
function chooseId(command: unknown): void {
  delete (command as { userEndpointId?: string }).userEndpointId;
}

/** Refuses everything, as a server does that no longer knows our login. */
function refuseLogin(): never {
  const cause = new InvalidRequestError({
    operation: 'requestToken',
    status: 400,
    serverError: 'invalid_grant',
  });
  throw new TokenError('The `token` function failed.', { cause });
}

describe('an endpoint that the server has dropped', () => {
  it('rejoins automatically with its last metadata', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.setParticipantMetadata({ name: 'Ada L.' });
    await settle();
    const heard = listenTo(ada);
    drop(ada.endpointId);
    await settle();
    expect(heard).toEqual(['connection-changed reconnecting', 'connection-changed connected']);
    const { conference, endpointId } = ada.state.getSnapshot();
    expect(conference).toEqual(server.conference);
    expect(findParticipant(conference, endpointId)?.metadata).toEqual({ name: 'Ada L.' });
    await ada.leave();
    expect(server.conference?.participants).toEqual([]);
    expect(server.endpoints.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is also noticed by the keep-alive', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.endpoints.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(heard).toEqual(['connection-changed reconnecting', 'connection-changed connected']);
    expect(server.endpoints).toEqual(new Set([ada.endpointId]));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toHaveLength(2);
  });

  it('publishes again over a new connection, still muted, and announces the new id', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const mine = await ada.publishStream({ camera: true, microphone: true });
    await mine.mute('audio');
    await settle();
    const formerId = mine.id;
    const [formerPeer] = FakePeerConnection.open;
    const [hearsAda, hearsBob] = [listenTo(ada), listenTo(bob)];
    await settle();
    drop(ada.endpointId);
    await settle();
    expect(mine.id).not.toBe(formerId);
    expect(hearsAda).toContain('stream-restored MIC_AND_CAM');
    expect(hearsBob).toContain("stream-unpublished ada's MIC_AND_CAM");
    expect(hearsBob.filter((line) => line === "stream-published ada's MIC_AND_CAM")).toHaveLength(2);
    expect(server.conference?.metadata[`TRACK_MUTED/audio/${mine.id}`]?.value).toBe('true');
    // Browsers name simulcast layers only at the beginning of a connection.
    expect(formerPeer?.connectionState).toBe('closed');
    expect(FakePeerConnection.open.size).toBe(1);
    expect(fakeTracks(mine.mediaStream).every(({ readyState }) => readyState === 'live')).toBe(true);
    await mine.unpublish();
    expect(server.callsOf('unpublishStream')).toMatchObject([{ streamId: mine.id }]);
  });

  it('views remaining streams again through the same view', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    await settle();
    const view = await ada.viewStream(id);
    const heard = listenTo(ada);
    await settle();
    server.views.clear();
    drop(ada.endpointId);
    await settle();
    expect(server.views).toEqual(new Map([[view.viewerId, id]]));
    expect(view.connectionState).not.toBe('closed');
    expect(heard).not.toContain("stream-unpublished bob's CAM");
  });

  it('retries while the server is unreachable', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.intercept = ({ operation }) => {
      if (operation === 'registerUserEndpoint') throw broken(operation);
    };
    drop(ada.endpointId);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual(['connection-changed reconnecting']);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heard.at(-1)).toBe('connection-changed connected');
  });

  it.each([
    ['refused', forbidden, 0],
    ['impossible for too long', broken, 180_000],
  ])('leaves with an error when rejoining is %s', async (_why, fail, passingMs) => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    await ada.publishStream({ camera: true });
    server.intercept = ({ operation }) => {
      if (operation === 'registerUserEndpoint') throw fail(operation);
    };
    drop(ada.endpointId);
    await vi.advanceTimersByTimeAsync(passingMs);
    expect(heard).toEqual([
      'connection-changed reconnecting',
      'error ERR_ENDPOINT_LOST',
      'connection-changed left',
    ]);
    expect(FakePeerConnection.open.size).toBe(0);
    await settle();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['between registering and joining', 'join'],
    ['right after joining', 'getConference'],
  ])('stays when another client unregisters the shared id %s', async (_when, operation) => {
    const ada = await joinAs(server, 'ada', { endpointId: 'seat' });
    const heard = listenTo(ada);
    let isTwinThere = true;
    server.intercept = (call) => {
      if (call.operation !== operation || !isTwinThere) return;
      isTwinThere = false;
      drop('seat');
    };
    server.removeEndpoint('seat');
    // The next keep-alive would reveal a lost endpoint.
    await vi.advanceTimersByTimeAsync(11_000);
    expect(isTwinThere).toBe(false);
    expect(heard.at(-1)).toBe('connection-changed connected');
    expect(heard).not.toContain('error ERR_ENDPOINT_LOST');
    expect(server.conference?.participants).toMatchObject([{ id: 'seat' }]);
    expect(server.endpoints).toEqual(new Set(['seat']));
  });

  it('stops rejoining when the server repeatedly drops it right away', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    for (let time = 0; time < 3; time += 1) {
      expect(heard).not.toContain('error ERR_ENDPOINT_LOST');
      drop(ada.endpointId);
      await settle();
    }
    expect(heard.slice(-2)).toEqual(['error ERR_ENDPOINT_LOST', 'connection-changed left']);
  });

  it('can leave while rejoining', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation === 'registerUserEndpoint') throw broken(operation);
    };
    drop(ada.endpointId);
    await settle();
    await ada.leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ada.state.getSnapshot().connection).toBe('left');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a server that no longer accepts our login', () => {
  it('is asked for two minutes, as after a restart without its data, and then the call is left with an error', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    await settle();
    const heard = listenTo(ada);
    server.intercept = refuseLogin;
    await vi.advanceTimersByTimeAsync(100_000);
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(heard).toContain('error ERR_ENDPOINT_LOST');
    expect(heard.at(-1)).toBe('connection-changed left');
    expect(FakePeerConnection.open.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may accept it again before that', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    server.intercept = refuseLogin;
    await vi.advanceTimersByTimeAsync(100_000);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(100_000);
    server.intercept = refuseLogin;
    await vi.advanceTimersByTimeAsync(100_000);
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ada.state.getSnapshot().connection).toBe('connected');
  });
});

describe('a server that has lost the media', () => {
  it('receives the streams again, under new ids', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true, metadata: { a: 1 } });
    await settle();
    const heard = listenTo(ada);
    const formerId = mine.id;
    server.loseMedia();
    await settle();
    expect(mine.id).not.toBe(formerId);
    expect(heard).toEqual(['stream-restored CAM']);
    const streams = findParticipant(
      server.conference ?? ada.state.getSnapshot().conference,
      ada.endpointId,
    )?.streams;
    expect(streams).toMatchObject([{ id: mine.id, type: 'CAM', metadata: { a: 1 } }]);
  });

  it('is retried for a while, until the budget is spent', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await settle();
    const heard = listenTo(ada);
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw broken(operation);
    };
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual(['error ERR_MEDIA_CONNECTION']);
    expect(mine.connectionState).toBe('closed');
  });
});

describe('a server that chooses the ids of endpoints itself', () => {
  it('keeps no participant of a try to rejoin that failed half-way', async () => {
    const ada = await joinAs(server, 'ada');
    let failures = 2;
    server.intercept = ({ operation, command }) => {
      if (operation === 'registerUserEndpoint') chooseId(command);
      if (operation !== 'getConference' || failures === 0) return;
      failures -= 1;
      throw broken(operation);
    };
    drop(ada.endpointId);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ada.state.getSnapshot().connection).toBe('connected');
    expect(server.conference?.participants.map(({ id }) => id)).toEqual([ada.endpointId]);
  });

  it('keeps no participant that left while it was rejoining', async () => {
    const ada = await joinAs(server, 'ada');
    const reading = new Deferred<void>();
    server.intercept = ({ operation, command }) => {
      if (operation === 'registerUserEndpoint') chooseId(command);
      return operation === 'getConference' ? reading.promise : undefined;
    };
    drop(ada.endpointId);
    await settle();
    expect(server.conference?.participants).toHaveLength(1);
    void ada.leave();
    reading.resolve();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.conference?.participants).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
