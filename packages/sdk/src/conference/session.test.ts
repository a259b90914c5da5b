import { describe, expect, test, vi } from 'vitest';
import { type FakePage, capturedStreams } from '../testing/fake-browser.ts';
import { fakeTracks } from '../testing/fake-media.ts';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import { broken, type FakeServer, forbidden } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

describe('leaving', () => {
  test('closes everything, stops what was captured and tells the server', async () => {
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

  test('twice is once, and nothing works afterwards', async () => {
    const ada = await joinAs(server, 'ada');
    const mine = await ada.publishStream({ microphone: true });
    await Promise.all([ada.leave(), ada.leave()]);
    await ada.leave();
    expect(server.callsOf('leave')).toHaveLength(1);
    const refused = { code: 'ERR_NOT_JOINED' };
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject(refused);
    await expect(ada.viewStream('any')).rejects.toMatchObject(refused);
    await expect(ada.setMetadata('a', 'b')).rejects.toMatchObject(refused);
    await expect(ada.removeMetadata('a')).rejects.toMatchObject(refused);
    await expect(ada.setParticipantMetadata({})).rejects.toMatchObject(refused);
    await expect(ada.end()).rejects.toMatchObject(refused);
    await expect(mine.mute('audio')).rejects.toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  });

  test('is said again to a server that is just starting anew', async () => {
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

  test('waits five seconds at the most for a server that is away, and leaves no timer behind', async () => {
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

  test('is said but once without a network', async () => {
    const ada = await joinAs(server, 'ada');
    vi.stubGlobal('navigator', { onLine: false });
    server.intercept = ({ operation }) => {
      throw broken(operation);
    };
    await ada.leave();
    expect(server.callsOf('leave')).toHaveLength(1);
  });

  test('rejects what is under way', async () => {
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

  test('closes even what becomes ready in that very moment', async () => {
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

  test('happens at the end of an `await using` block', async () => {
    {
      await using ada = await joinAs(server, 'ada');
      expect(ada.id).toBe('room');
    }
    expect(server.conference?.participants).toEqual([]);
  });

  test('from inside a listener silences what was still to be announced', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    ada.on('participant-joined', () => ada.leave());
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    expect(heard).toEqual(['participant-joined bob', 'connection-changed left']);
  });

  test('leaves nothing behind, ten times over', async () => {
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
  test('reaches everybody, with its reason', async () => {
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

  test('that the server refuses leaves us inside', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) => {
      if (operation === 'end') throw forbidden(operation);
    };
    await expect(ada.end()).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    await ada.setMetadata('still', 'here');
    expect(server.conference?.metadata['still']?.value).toBe('here');
  });

  test('is noticed even when the server has forgotten the conference', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    server.forget();
    await settle();
    expect(heard).toEqual(['ended undefined', 'connection-changed ended']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the page', () => {
  test('that goes away leaves by requests that outlive it', async () => {
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

  test('that may come back leaves all the same, because the browser may throw it away without a word', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.publishStream({ camera: true });
    await settle();
    page.fire('pagehide', { persisted: true });
    await settle();
    expect(server.conference?.participants).toEqual([]);
    expect(server.endpoints.size).toBe(0);
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
  });

  test('that comes back is inside again, with what it published', async () => {
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

  test('that comes back after its call was left stays out', async () => {
    const ada = await joinAs(server, 'ada');
    await ada.leave();
    page.fire('pagehide', { persisted: true });
    page.fire('pageshow', { persisted: true });
    await settle();
    expect(server.conference?.participants).toEqual([]);
  });

  test('whose network goes says so at once, and asks for news when it is back', async () => {
    const ada = await joinAs(server, 'ada');
    await settle();
    page.setOnline(false);
    await settle();
    expect(ada.state.getSnapshot().connection).toBe('reconnecting');
    page.setOnline(true);
    await settle();
    expect(ada.state.getSnapshot().connection).toBe('connected');
  });

  test('that thaws in the background asks for news at once', async () => {
    await joinAs(server, 'ada');
    await settle();
    const before = server.callsOf('getEvents').length;
    page.fire('resume');
    await settle();
    expect(server.callsOf('getEvents')).toHaveLength(before + 1);
    expect(server.parkedPolls).toBe(1);
  });
});
