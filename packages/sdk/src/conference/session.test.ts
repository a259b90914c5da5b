import { describe, expect, it, vi } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { capturedStreams } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { Conference } from './conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

describe('leaving', () => {
  it('closes everything, stops captured media and notifies the server', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true });
    await settle();
    await ada.viewStream(id);
    await ada.publishStream({ camera: true, microphone: true });
    const heard = listenTo(ada);
    await settle();
    heard.length = 0;

    await ada.leave({ reason: 'tea' });

    expect(heard).toEqual(['connection-changed left']);
    expect(ada.state.getSnapshot().connection).toBe('left');
    expect(FakePeerConnection.open.size).toBe(1);
    expect(
      capturedStreams
        .slice(1)
        .flatMap(fakeTracks)
        .every(({ readyState }) => readyState === 'ended'),
    ).toBe(true);
    expect(server.callsOf('leave')).toMatchObject([{ userEndpointId: ada.endpointId, reason: 'tea' }]);
    expect(server.callsOf('unpublishStream')).toEqual([]);
    expect(server.callsOf('stopViewStream')).toEqual([]);
    expect(server.endpoints.has(ada.endpointId)).toBe(false);
  });

  it('twice has the effect of once, and closes the streams that we published', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await Promise.all([ada.leave(), ada.leave()]);
    await ada.leave();
    expect(server.callsOf('leave')).toHaveLength(1);
    await expect(mine.mute('audio')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  });

  /** Every call that only a participant may make. */
  const calls: Readonly<Record<string, (ada: Conference) => Promise<unknown>>> = {
    publishStream: (ada) => ada.publishStream({ camera: true }),
    viewStream: (ada) => ada.viewStream('any'),
    setMaxVideos: (ada) => ada.setMaxVideos(1),
    startPlayback: (ada) => ada.startPlayback(),
    setAudioOutput: (ada) => ada.setAudioOutput(''),
    send: (ada) => ada.send('chat', 'hi'),
    request: (ada) => ada.request('ping', 1, { to: 'any' }),
    onRequest: async (ada) => ada.onRequest('ping', () => 'pong'),
    setMetadata: (ada) => ada.setMetadata('a', 'b'),
    removeMetadata: (ada) => ada.removeMetadata('a'),
    hold: (ada) => ada.hold(),
    resume: (ada) => ada.resume(),
    startRecording: (ada) => ada.startRecording(),
    stopRecording: (ada) => ada.stopRecording(),
    setParticipantMetadata: (ada) => ada.setParticipantMetadata({}),
    end: (ada) => ada.end(),
  };

  it.each(Object.entries(calls))('makes %s() refuse to do anything', async (_name, call) => {
    const ada = await joinAs(server, 'ada');
    await ada.leave();
    const sent = server.calls.length;
    await expect(call(ada)).rejects.toMatchObject({ code: 'ERR_NOT_JOINED' });
    expect(server.calls).toHaveLength(sent);
  });

  it('makes every other call refuse too', () => {
    const stillUseful = ['constructor', 'on', 'quality', 'leave'];
    const methods = Object.entries(Object.getOwnPropertyDescriptors(Conference.prototype))
      .filter(([, { value }]) => typeof value === 'function')
      .map(([name]) => name);
    expect(methods.filter((name) => !stillUseful.includes(name)).toSorted()).toEqual(
      Object.keys(calls).toSorted(),
    );
  });

  it('is retried while the server restarts', async () => {
    const ada = await joinAs(server, 'ada');
    let isDown = true;
    server.intercept = ({ operation }) => {
      if (isDown) throw broken(operation);
    };
    const leaving = ada.leave();
    await settle();
    expect(ada.state.getSnapshot().connection).toBe('left');
    isDown = false;
    await vi.advanceTimersByTimeAsync(1_000);
    await leaving;
    expect(server.conference?.participants).toEqual([]);
    expect(server.endpoints.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits at most five seconds for an unreachable server, and leaves no timer behind', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    let hasLeft = false;
    void ada.leave().then(() => (hasLeft = true));
    await vi.advanceTimersByTimeAsync(4_900);
    expect(hasLeft).toBe(false);
    expect(ada.state.getSnapshot().connection).toBe('left');
    await vi.advanceTimersByTimeAsync(200);
    expect(hasLeft).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is sent only once without a network', async () => {
    const ada = await joinAs(server, 'ada');
    vi.stubGlobal('navigator', { onLine: false });
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    await ada.leave();
    expect(server.callsOf('leave')).toHaveLength(1);
  });

  it('rejects pending calls', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => (operation === 'publishStream' ? new Promise(() => {}) : undefined);
    const publishing = rejectionOf(ada.publishStream({ camera: true }));
    await settle();
    await ada.leave();
    expect(await publishing).toMatchObject({
      code: 'ERR_NOT_JOINED',
    });
    expect(FakePeerConnection.open.size).toBe(0);
  });

  it('closes even a stream that opens at the same time', async () => {
    for (let moment = 0; moment < 16; moment += 1) {
      const ada = await joinAs(server, 'ada');
      const apply = vi.spyOn(FakePeerConnection.prototype, 'setRemoteDescription');
      apply.mockImplementationOnce(async () => {
        const leaveLater = (turns: number) =>
          queueMicrotask(() => (turns === 0 ? void ada.leave() : leaveLater(turns - 1)));
        leaveLater(moment);
      });
      await ada.publishStream({ camera: true }).catch(() => {});
      await settle();
      apply.mockRestore();
    }
    expect(FakePeerConnection.open.size).toBe(0);
    expect(capturedStreams).toHaveLength(16);
    expect(capturedStreams.flatMap(fakeTracks).every(({ readyState }) => readyState === 'ended')).toBe(true);
  });

  it('happens at the end of an `await using` block', async () => {
    {
      await using ada = await joinAs(server, 'ada');
      expect(ada.id).toBe('room');
    }
    expect(server.conference?.participants).toEqual([]);
  });

  it('from inside a listener drops pending announcements', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    ada.on('participant-joined', () => ada.leave());
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    expect(heard).toEqual(['participant-joined bob', 'connection-changed left']);
  });

  it('leaves nothing behind after ten rounds', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [ada, bob] = await Promise.all([joinAs(server, 'ada'), joinAs(server, 'bob')]);
      listenTo(ada);
      const { id } = await bob.publishStream({ camera: true, microphone: true });
      await settle();
      await ada.viewStream(id);
      await ada.publishStream({ screen: true });
      await Promise.all([ada.leave(), bob.leave()]);
      await settle();
    }
    expect(vi.getTimerCount()).toBe(0);
    expect(FakePeerConnection.open.size).toBe(0);
    expect(page.listenerCount).toBe(0);
    expect(server.parkedPolls).toBe(0);
    expect(server.endpoints.size).toBe(0);
    expect(server.views.size).toBe(0);
    expect(server.conference?.participants).toEqual([]);
    expect(capturedStreams.flatMap(fakeTracks).every(({ readyState }) => readyState === 'ended')).toBe(true);
  });
});

describe('the end of a conference', () => {
  it('reaches all participants, with its reason', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    const [hearsAda, hearsBob] = [listenTo(ada), listenTo(bob)];
    await settle();
    await ada.end({ reason: 'done' });
    await settle();
    const common = ['ended done', 'connection-changed ended'];
    expect(hearsAda.slice(-4)).toEqual(["stream-unpublished bob's CAM", 'participant-left bob', ...common]);
    expect(hearsBob.slice(-3)).toEqual(['participant-left ada', ...common]);
    expect(bob.state.getSnapshot()).toMatchObject({
      connection: 'ended',
      conference: { participants: [], ended: { reason: 'done' } },
    });
    expect(FakePeerConnection.open.size).toBe(0);
    await ada.end();
    await bob.leave();
    expect(server.callsOf('leave')).toEqual([]);
    await expect(bob.viewStream('any')).rejects.toMatchObject({ code: 'ERR_NOT_JOINED' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that the server refuses leaves us in the conference', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation === 'end') throw forbidden(operation);
    };
    await expect(ada.end()).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    await ada.setMetadata('still', 'here');
    expect(server.conference?.metadata['still']?.value).toBe('here');
  });

  it('is noticed even when the server no longer knows the conference', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.forget();
    await settle();
    expect(heard).toEqual(['ended undefined', 'connection-changed ended']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the page', () => {
  it('that goes away leaves with requests that outlive it', async () => {
    const api = server.api('ada');
    const leave = vi.spyOn(api, 'leave');
    const unregister = vi.spyOn(api, 'unregisterUserEndpoint');
    vi.spyOn(server, 'api').mockReturnValue(api);
    await joinAs(server, 'ada');
    page.fire('pagehide', { persisted: false });
    expect(leave.mock.calls[0]?.[1]).toMatchObject({ keepalive: true });
    expect(unregister.mock.calls[0]?.[1]).toMatchObject({ keepalive: true });
    await settle();
    expect(server.conference?.participants).toEqual([]);
  });

  it('that may come back leaves anyway, because the browser may discard it without an event', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    await settle();
    page.fire('pagehide', { persisted: true });
    await settle();
    expect(server.conference?.participants).toEqual([]);
    expect(server.endpoints.size).toBe(0);
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
  });

  it('that comes back rejoins and publishes again', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ camera: true });
    await settle();
    const heard = listenTo(ada);
    page.fire('pagehide', { persisted: true });
    await settle();
    page.fire('pageshow', { persisted: true });
    await settle();
    expect(server.conference?.participants).toMatchObject([
      { id: ada.endpointId, metadata: { name: 'ada' }, streams: [{ id: mine.id }] },
    ]);
    expect(ada.state.getSnapshot().conference).toEqual(server.conference);
    expect(heard).toEqual([
      'connection-changed reconnecting',
      'connection-changed connected',
      'stream-restored CAM',
    ]);
    await ada.leave();
    expect(server.conference?.participants).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that comes back after leaving its call does not rejoin', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.leave();
    page.fire('pagehide', { persisted: true });
    page.fire('pageshow', { persisted: true });
    await settle();
    expect(server.conference?.participants).toEqual([]);
  });

  it('that loses its network reconnects when the network returns', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    page.setOnline(false);
    await settle();
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
    page.setOnline(true);
    await settle();
    expect(ada.state.getSnapshot().connection).toBe('connected');
  });

  it('that thaws in the background asks for events immediately', async () => {
    await joinAs(server, 'ada');
    await settle();
    const before = server.callsOf('getEvents').length;
    page.fire('resume');
    await settle();
    expect(server.callsOf('getEvents')).toHaveLength(before + 1);
    expect(server.parkedPolls).toBe(1);
  });
});
