import type { Conference, PublishedStream } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { type App, createApp, defineComponent, h, nextTick, shallowReactive } from 'vue';
import { aMediaStream, FakeMediaStream } from '../../sdk/src/testing/fake-media.ts';
import { FakePeerConnection } from '../../sdk/src/testing/fake-peer-connection.ts';
import { FakeServer, forbidden } from '../../sdk/src/testing/fake-server.ts';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { useStreamView } from './index.ts';

let play: MockInstance<() => Promise<void>>;
let server: FakeServer;
let me: Conference;
let bob: Conference;
let camera: PublishedStream;
let screenShare: PublishedStream;
let app: App | undefined;

/** What the tile is told to show; changing it renders the tile again. */
const wanted = shallowReactive<{ streamId: string | undefined; tag: 'audio' | 'video' }>({
  streamId: undefined,
  tag: 'video',
});
const Tile = defineComponent({
  setup: () => {
    const { view, error, element } = useStreamView(
      () => me,
      () => wanted.streamId,
    );
    return () => [
      h(wanted.tag, {
        ref: (found) => {
          element.value = found instanceof HTMLMediaElement ? found : null;
        },
        'data-viewer': view.value?.viewerId,
      }),
      h('p', error.value?.code),
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
  Object.assign(wanted, { streamId, tag: 'video' });
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

it('leaves no view behind when it is unmounted before the server has answered', async () => {
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

it('goes over to another stream, and to another element', async () => {
  mount(camera.id);
  await expectShown();
  wanted.streamId = screenShare.id;
  await expect.poll(viewedStreams).toEqual([screenShare.id]);
  await expectShown();
  wanted.tag = 'audio';
  await nextTick();
  expect(element().tagName).toBe('AUDIO');
  await expectShown();
  expect(server.callsOf('viewStream')).toHaveLength(2);
  wanted.streamId = undefined;
  await expect.poll(viewedStreams).toEqual([]);
});

it('tells that nobody publishes the stream, or that the server refuses', async () => {
  mount("nobody's");
  await expectError('ERR_STREAM_NOT_FOUND');
  server.intercept = ({ operation }) => {
    if (operation === 'viewStream') throw forbidden('viewStream');
  };
  wanted.streamId = camera.id;
  await expectError('ERR_FORBIDDEN');
});

it('tells that the browser wants a click first', async () => {
  // jsdom's own DOMException is no Error of this realm, as that of a browser is.
  const refusal = Object.assign(new Error('no'), { name: 'NotAllowedError' });
  play.mockRejectedValue(refusal);
  mount(camera.id);
  await expectError('ERR_PLAYBACK_BLOCKED');
});

it('tells that the connection of this view failed', async () => {
  const before = new Set(FakePeerConnection.open);
  mount(camera.id);
  await expectShown();
  const [peer] = Array.from(FakePeerConnection.open).filter((open) => !before.has(open));
  peer?.moveTo('failed');
  await expectError('ERR_MEDIA_CONNECTION');
});
