import type { ParleyError } from '@parley-rtc/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aMediaStream } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { VideoCap } from './video-cap.ts';
import { ViewController, type ViewControllerOptions, type ViewTiming } from './view-controller.ts';

type Kind = 'audio' | 'video';

let counters: Record<Kind, { packetsReceived: number; framesDecoded?: number }>;
let isVideoMuted: boolean;
let problems: ParleyError[];
let timings: ViewTiming[];
const onClosed = vi.fn<() => void>();
const updateVideo = vi.fn<() => Promise<void>>(async () => {});
let peer: FakePeerConnection;

beforeEach(() => {
  vi.useFakeTimers();
  counters = { audio: { packetsReceived: 0 }, video: { packetsReceived: 0, framesDecoded: 0 } };
  isVideoMuted = false;
  problems = [];
  timings = [];
  onClosed.mockReset();
  peer = new FakePeerConnection();
});
afterEach(() => {
  vi.useRealTimers();
  FakePeerConnection.open.clear();
});

function createController(options: Partial<ViewControllerOptions> = {}): ViewController {
  return new ViewController(
    {
      streamId: 's1',
      type: 'MIC_AND_CAM',
      adaptive: false,
      isVideoMuted: () => isVideoMuted,
      onProblem: (error) => problems.push(error),
      ...options,
    },
    {
      cap: new VideoCap(),
      audioOutput: () => undefined,
      onBlocked: () => {},
      onUnblocked: () => {},
      onTimed: (timing) => timings.push(timing),
    },
    onClosed,
  );
}

/** Connects the view of a stream with these tracks. */
function connect(controller: ViewController, ...kinds: readonly Kind[]): void {
  const transceivers = kinds.map((kind) => ({
    receiver: {
      track: { kind },
      getStats: async () => new Map([['1', { type: 'inbound-rtp', ...counters[kind] }]]),
    },
  }));
  controller.onConnected(
    {
      viewerId: () => 'v1',
      peer: () =>
        Object.assign(peer, { getTransceivers: () => transceivers }) as unknown as RTCPeerConnection,
      mediaStream: aMediaStream(...kinds),
      marks: { startedMs: performance.now(), offeredMs: performance.now(), answeredMs: 0, appliedMs: 0 },
      updateVideo,
    },
    {},
  );
  peer.moveTo('connected');
}

it('waits for the first video frame of a stream with audio and video, not for its first audio', async () => {
  const controller = createController();
  connect(controller, 'audio', 'video');
  counters.audio.packetsReceived = 50;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(timings).toEqual([]);
  counters.video = { packetsReceived: 30, framesDecoded: 1 };
  await vi.advanceTimersByTimeAsync(500);
  expect(await controller.firstFrame).toMatchObject({ kind: 'video' });
  expect(timings).toMatchObject([{ streamId: 's1', viewerId: 'v1', kind: 'video' }]);
});

it('waits for the first packet of a stream without video', async () => {
  const controller = createController({ type: 'MIC' });
  connect(controller, 'audio');
  counters.audio.packetsReceived = 1;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await controller.firstFrame).toMatchObject({ kind: 'audio' });
});

it('takes the word of an element that shows a frame before the statistics do', async () => {
  const controller = createController();
  connect(controller, 'video');
  let show: (() => void) | undefined;
  const element = Object.assign(new EventTarget(), {
    srcObject: null,
    play: async () => {},
    requestVideoFrameCallback: (callback: () => void) => void (show = callback),
  });
  controller.attach(element as unknown as HTMLVideoElement);
  show?.();
  expect(await controller.firstFrame).toMatchObject({ kind: 'video' });
});

it.each([
  ['no packets arrive', 0, { arePacketsArriving: false }],
  ['packets arrive that it cannot decode', 90, { arePacketsArriving: true }],
])('reports a video without frames for 10 s once, when %s', async (_title, packets, expected) => {
  connect(createController(), 'video', 'audio');
  await vi.advanceTimersByTimeAsync(5_000);
  counters.video.packetsReceived = packets;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(problems).toMatchObject([{ code: 'ERR_NO_FRAMES', streamId: 's1', viewerId: 'v1', ...expected }]);
});

it.each<[string, (controller: ViewController) => void]>([
  ['its publisher has muted it', () => void (isVideoMuted = true)],
  ['it is paused', (controller) => controller.setVideo({ isPaused: true })],
  ['its connection is not connected', () => peer.moveTo('disconnected')],
  ['the view is closed', (controller) => controller.close()],
])('does not miss the frames of a video while %s', async (_title, change) => {
  const controller = createController();
  connect(controller, 'video');
  change(controller);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(problems).toEqual([]);
});

it('does not miss frames while the connection negotiates a new path', async () => {
  const controller = createController();
  connect(controller, 'video');
  for (let index = 0; index < 5; index += 1) {
    await vi.advanceTimersByTimeAsync(8_000);
    controller.onNewPath();
  }
  expect(problems).toEqual([]);
});

it('lets a shared screen stand still, but not a camera', async () => {
  counters.video = { packetsReceived: 30, framesDecoded: 10 };
  connect(createController({ type: 'SCREEN' }), 'video');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(problems).toEqual([]);
  connect(createController({ type: 'CAM' }), 'video');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(problems).toMatchObject([{ code: 'ERR_NO_FRAMES' }]);
});

it('starts nothing when the view closed while it was opening', async () => {
  const controller = createController();
  controller.close();
  connect(controller, 'video');
  expect(controller.elements).toBeUndefined();
  expect(controller.peer).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
  await expect(controller.firstFrame).rejects.toMatchObject({ code: 'ERR_VIEW_CLOSED' });
});

it('closes once, and detaches its elements', () => {
  const controller = createController();
  connect(controller, 'video');
  const element = Object.assign(new EventTarget(), { srcObject: null, play: async () => {} });
  controller.attach(element as unknown as HTMLMediaElement);
  controller.close();
  controller.close();
  expect(onClosed).toHaveBeenCalledOnce();
  expect(element.srcObject).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

it('requests no video of a stream without one', async () => {
  const controller = createController({ type: 'MIC', adaptive: true });
  connect(controller, 'audio');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(controller.video).toEqual({});
  expect(controller.priority).toBe('normal');
  expect(controller.pause).toBeUndefined();
  expect(updateVideo).not.toHaveBeenCalled();
});
