import type { Conference, PublishedStream } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import {
  createApp,
  defineComponent,
  effectScope,
  h,
  nextTick,
  shallowReactive,
  shallowRef,
  type App,
} from 'vue';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { aMediaStream, FakeMediaStream } from '../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer, forbidden } from '../../testing/src/server/fake-server.ts';
import { useStreamView } from './index.ts';

let play: MockInstance<() => Promise<void>>;
let server: FakeServer;
let me: Conference;
let bob: Conference;
let camera: PublishedStream;
let screenShare: PublishedStream;
let app: App | undefined;

/** The props of the tile; changing them re-renders it. */
const tileProps = shallowReactive<{ streamId: string | undefined; tag: 'audio' | 'video' }>({
  streamId: undefined,
  tag: 'video',
});
const Tile = defineComponent({
  setup: () => {
    const { view, error, isPlaybackBlocked, retry, element } = useStreamView(
      () => me,
      () => tileProps.streamId,
    );
    return () => [
      h(tileProps.tag, {
        ref: (found) => {
          element.value = found instanceof HTMLMediaElement ? found : null;
        },
        'data-viewer': view.value?.viewerId,
      }),
      h('p', error.value?.code),
      h('output', isPlaybackBlocked.value ? 'blocked' : 'free'),
      h('button', { onClick: retry }),
    ];
  },
});

beforeEach(async () => {
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', FakeMediaStream);
  play = vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  server = new FakeServer();
  me = await joinAs(server, 'me');
  bob = await joinAs(server, 'bob');
  camera = await bob.publishStream({ mediaStream: aMediaStream('video'), type: 'CAM' });
  screenShare = await bob.publishStream({ mediaStream: aMediaStream('video'), type: 'SCREEN' });
  await vi.waitUntil(() => me.state.version === server.conference?.version);
});
afterEach(async () => {
  unmount();
  await Promise.all([me.leave(), bob.leave()]);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function mount(streamId: string): void {
  Object.assign(tileProps, { streamId, tag: 'video' });
  app = createApp(Tile);
  app.mount(document.body);
}
function unmount(): void {
  app?.unmount();
  app = undefined;
}
function element(): HTMLMediaElement {
  const found = document.querySelector<HTMLMediaElement>('audio, video');
  if (!found) throw new Error('Nothing is mounted.');
  return found;
}
const viewedStreams = () => Array.from(server.views.values());
const expectShown = () => expect.poll(() => element().srcObject).toBeInstanceOf(FakeMediaStream);
const playbackShown = () => document.querySelector('output')?.textContent;
const expectError = (code: string) => expect.poll(() => document.querySelector('p')?.textContent).toBe(code);

it('views the stream, shows it in the element and stops on unmount', async () => {
  mount(camera.id);
  await expectShown();
  expect(element().dataset['viewer']).toBe(Array.from(server.views.keys())[0]);
  expect(viewedStreams()).toEqual([camera.id]);
  const shown = element();
  unmount();
  await expect.poll(viewedStreams).toEqual([]);
  expect(shown.srcObject).toBeNull();
});

it('stops the view when it is unmounted before the server has answered', async () => {
  let isGone = false;
  server.intercept = async ({ operation }) => {
    if (operation === 'viewStream') await vi.waitUntil(() => isGone);
  };
  mount(camera.id);
  await expect.poll(() => server.callsOf('viewStream')).toHaveLength(1);
  unmount();
  isGone = true;
  await expect.poll(() => server.callsOf('stopViewStream')).toHaveLength(1);
  expect(viewedStreams()).toEqual([]);
});

it('switches to another stream, and to another element', async () => {
  mount(camera.id);
  await expectShown();
  tileProps.streamId = screenShare.id;
  await expect.poll(viewedStreams).toEqual([screenShare.id]);
  await expectShown();
  tileProps.tag = 'audio';
  await nextTick();
  expect(element().tagName).toBe('AUDIO');
  await expectShown();
  expect(server.callsOf('viewStream')).toHaveLength(2);
  tileProps.streamId = undefined;
  await expect.poll(viewedStreams).toEqual([]);
});

it('reports a stream that does not exist, and a refusal of the server', async () => {
  mount('missing');
  await expectError('ERR_STREAM_NOT_FOUND');
  server.intercept = ({ operation }) => {
    if (operation === 'viewStream') throw forbidden('viewStream');
  };
  tileProps.streamId = camera.id;
  await expectError('ERR_FORBIDDEN');
});

it('shows that the browser blocks playback, and no longer does so once a click has started it', async () => {
  // Unlike a browser's, jsdom's DOMException is not an Error of this realm.
  const refusal = Object.assign(new Error('no'), { name: 'NotAllowedError' });
  play.mockRejectedValue(refusal);
  mount(camera.id);
  await expect.poll(playbackShown).toBe('blocked');
  const shown = element();
  play.mockResolvedValue();
  await me.startPlayback();
  await nextTick();
  expect(playbackShown()).toBe('free');
  expect(document.querySelector('p')?.textContent).toBe('');
  expect(element()).toBe(shown);
});

it('views the stream again on retry, and forgets the error', async () => {
  server.intercept = ({ operation }) => {
    if (operation === 'viewStream') throw forbidden('viewStream');
  };
  mount(camera.id);
  await expectError('ERR_FORBIDDEN');
  server.intercept = () => {};
  document.querySelector('button')?.click();
  await expectShown();
  await expectError('');
});

it('reports that the connection of its view failed', async () => {
  const before = new Set(FakePeerConnection.open);
  mount(camera.id);
  await expectShown();
  const [peer] = Array.from(FakePeerConnection.open).filter((open) => !before.has(open));
  peer?.moveTo('failed');
  await expectError('ERR_MEDIA_CONNECTION');
});

it('listens for failures of one view at a time', async () => {
  const listen = me.on.bind(me);
  let listening = 0;
  vi.spyOn(me, 'on').mockImplementation((name, listener) => {
    const stop = listen(name, listener);
    listening += 1;
    return () => {
      listening -= 1;
      stop();
    };
  });
  mount(camera.id);
  await expectShown();
  expect(listening).toBe(1);
  tileProps.streamId = screenShare.id;
  await expect.poll(viewedStreams).toEqual([screenShare.id]);
  expect(listening).toBe(1);
  unmount();
  expect(listening).toBe(0);
});

it('views nothing during server-side rendering', async () => {
  vi.stubGlobal('window', undefined);
  const scope = effectScope();
  scope.run(() => useStreamView(me, camera.id));
  await Promise.resolve();
  vi.stubGlobal('window', globalThis);
  scope.stop();
  expect(server.callsOf('viewStream')).toEqual([]);
});

it('keeps its view when what the stream id comes from changes, but not the id', async () => {
  const tile = shallowRef({ streamId: camera.id, isSpeaking: false });
  const scope = effectScope();
  const { view } = scope.run(() =>
    useStreamView(
      () => me,
      () => tile.value.streamId,
    ),
  ) as ReturnType<typeof useStreamView>;
  await vi.waitFor(() => expect(view.value).toBeDefined());
  const first = view.value;
  tile.value = { ...tile.value, isSpeaking: true };
  await nextTick();
  expect(view.value).toBe(first);
  expect(server.callsOf('viewStream')).toHaveLength(1);
  scope.stop();
});
