import { expect, it, vi } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { createPreview } from '../preview/create-preview.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedStreams, capturedTracks } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let page: FakePage;

useFakeConference((fakes) => {
  ({ server, page } = fakes);
});

/** Holds `operation` at the server until the result is resolved. */
function hold(operation: string): Deferred<void> {
  const gate = new Deferred<void>();
  server.intercept = (call) => (call.operation === operation ? gate.promise : undefined);
  return gate;
}

function fail(operation: string): void {
  server.intercept = (call) => {
    if (call.operation === operation) throw broken(operation);
  };
}

/** Keeps the permission prompt open until the result is resolved. */
function keepUserThinking(): Deferred<void> {
  const answer = new Deferred<void>();
  const { getUserMedia } = page.navigator.mediaDevices ?? {};
  page.navigator.mediaDevices = {
    getUserMedia: async (constraints) => {
      await answer.promise;
      if (!getUserMedia) throw new Error('There are no devices.');
      return getUserMedia(constraints);
    },
  };
  return answer;
}

const states = () => capturedTracks.map(({ readyState }) => readyState);

it('opens the devices while joining, and publishes once joined', async () => {
  const gate = hold('join');
  const joining = joinAs(server, 'ada', { publish: { camera: true, microphone: true, metadata: { a: 1 } } });
  await vi.waitFor(() => expect(states()).toEqual(['live', 'live']));
  expect(server.callsOf('publishStream')).toEqual([]);
  gate.resolve();
  const ada = await joining;
  const published = await ada.published;
  expect(server.callsOf('publishStream')).toMatchObject([
    { conferenceStreamType: 'MIC_AND_CAM', metadata: { a: 1 } },
  ]);
  expect(published?.mediaStream).toBe(capturedStreams[0]);
  expect(server.conference?.participants[0]?.streams).toMatchObject([{ id: published?.id }]);
});

it('joins while the permission prompt is still open', async () => {
  const answer = keepUserThinking();
  const ada = await joinAs(server, 'ada', { publish: { camera: true } });
  expect(ada.state.getSnapshot().connection).toBe('connected');
  answer.resolve();
  expect((await ada.published)?.type).toBe('CAM');
});

it('releases a muted camera, and opens the requested one again', async () => {
  const ada = await joinAs(server, 'ada', { publish: { camera: { deviceId: 'front' } } });
  const published = await ada.published;
  await published?.mute('video');
  expect(states()).toEqual(['ended']);
  await published?.unmute('video');
  expect(states()).toEqual(['ended', 'live']);
});

it.each(['registerUserEndpoint', 'join', 'getConference'])(
  'stops what was captured when %s fails',
  async (operation) => {
    server.intercept = async (call) => {
      if (call.operation !== operation) return;
      await vi.waitFor(() => expect(states()).toEqual(['live']));
      throw broken(operation);
    };
    const failure = await rejectionOf(joinAs(server, 'ada', { publish: { camera: true } }));
    expect(failure).toMatchObject({ code: 'ERR_CONNECTION' });
    await settle();
    expect(states()).toEqual(['ended']);
    expect(server.callsOf('publishStream')).toEqual([]);
  },
);

it('stops what the user grants after joining was aborted', async () => {
  const answer = keepUserThinking();
  hold('join');
  const giveUp = new AbortController();
  const joining = rejectionOf(joinAs(server, 'ada', { publish: { camera: true }, signal: giveUp.signal }));
  await settle();
  giveUp.abort();
  expect(await joining).toMatchObject({ code: 'ERR_ABORTED' });
  answer.resolve();
  await vi.waitFor(() => expect(states()).toEqual(['ended']));
});

it('stops what the user grants after leaving', async () => {
  const answer = keepUserThinking();
  const ada = await joinAs(server, 'ada', { publish: { camera: true } });
  const failure = rejectionOf(Promise.resolve(ada.published));
  await ada.leave();
  expect(await failure).toMatchObject({ code: 'ERR_NOT_JOINED' });
  answer.resolve();
  await vi.waitFor(() => expect(states()).toEqual(['ended']));
  expect(FakePeerConnection.open.size).toBe(0);
});

it('joins even when publishing fails, which rejects `published` and announces `error`', async () => {
  server.intercept = ({ operation }) => {
    if (operation === 'publishStream') throw forbidden(operation);
  };
  const ada = await joinAs(server, 'ada', { publish: { camera: true } });
  const heard = listenTo(ada);
  expect(await rejectionOf(Promise.resolve(ada.published))).toMatchObject({ code: 'ERR_FORBIDDEN' });
  await settle();
  expect(heard).toContain('error ERR_FORBIDDEN');
  expect(states()).toEqual(['ended']);
});

it('rejects `published` and announces `error` with a ParleyError, whatever code of the app threw', async () => {
  const publish = {
    camera: () => {
      throw new RangeError('a bug of the app');
    },
  };
  const ada = await joinAs(server, 'ada', { publish });
  const heard = listenTo(ada);
  expect(await rejectionOf(Promise.resolve(ada.published))).toMatchObject({ code: 'ERR_UNEXPECTED' });
  await vi.advanceTimersByTimeAsync(10);
  expect(heard).toEqual(['error ERR_UNEXPECTED']);
});

it('joins even when the user denies the devices', async () => {
  page.navigator.mediaDevices = {
    getUserMedia: async () => {
      throw new DOMException('no', 'NotAllowedError');
    },
  };
  const ada = await joinAs(server, 'ada', { publish: { microphone: true } });
  expect(await rejectionOf(Promise.resolve(ada.published))).toMatchObject({ code: 'ERR_DEVICE_DENIED' });
  expect(ada.state.getSnapshot().connection).toBe('connected');
});

it('leaves a preview untouched when joining fails, and publishes it when joining works', async () => {
  const preview = await createPreview({ camera: true });
  fail('join');
  await rejectionOf(joinAs(server, 'ada', { publish: { preview } }));
  expect(states()).toEqual(['live']);
  server.intercept = () => {};
  const ada = await joinAs(server, 'ada', { publish: { preview } });
  expect((await ada.published)?.mediaStream).toBe(preview.mediaStream);
});

it("never stops the app's own media", async () => {
  const mediaStream = aMediaStream('video');
  fail('getConference');
  await rejectionOf(joinAs(server, 'ada', { publish: { mediaStream, type: 'CAM' } }));
  await settle();
  expect(fakeTracks(mediaStream).map(({ readyState }) => readyState)).toEqual(['live']);
});

it('has no `published` without `publish`', async () => {
  const ada = await joinAs(server, 'ada');
  expect(ada.published).toBeUndefined();
});
