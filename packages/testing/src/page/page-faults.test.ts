import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Fault } from '../faults/fault-plan.ts';
import { PageFaults, type PeerChange } from './page-faults.ts';

const server = 'https://rtc.example.com/parley';
const api = `${server}/rtc-api/conferences`;

/** A browser's own connection: its states can only be read. */
class Peer extends EventTarget {
  static state: RTCPeerConnectionState = 'connected';
  onconnectionstatechange: (() => void) | null = null;

  constructor() {
    super();
    this.addEventListener('connectionstatechange', () => this.onconnectionstatechange?.());
  }

  get connectionState(): RTCPeerConnectionState {
    return Peer.state;
  }

  get iceConnectionState(): RTCPeerConnectionState {
    return Peer.state;
  }

  getTransceivers() {
    return [{ direction: 'recvonly' }];
  }

  async setRemoteDescription(): Promise<void> {}
  close(): void {}
}

class Track extends EventTarget {
  readyState = 'live';
  readonly kind: 'audio' | 'video';

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

class Devices extends EventTarget {
  async getUserMedia({ audio, video }: MediaStreamConstraints) {
    const tracks = [...(audio ? [new Track('audio')] : []), ...(video ? [new Track('video')] : [])];
    return { getTracks: () => tracks };
  }

  async enumerateDevices() {
    return [{ kind: 'videoinput' }, { kind: 'audioinput' }];
  }
}

let answered: string[];
let push: ReadableStreamDefaultController<Uint8Array>;
let faults: PageFaults;
let peerChanges: PeerChange[];
const cancelled = vi.fn<(value: unknown) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  answered = [];
  peerChanges = [];
  cancelled.mockClear();
  vi.stubGlobal('RTCPeerConnection', Peer);
  vi.stubGlobal('navigator', { mediaDevices: new Devices(), onLine: true });
  vi.stubGlobal('fetch', async (input: Request | string) => {
    const url = input instanceof Request ? input.url : input;
    answered.push(url);
    if (!url.endsWith('/push')) return Response.json({});
    return new Response(new ReadableStream<Uint8Array>({ start: keepPush, cancel: cancelled }));
  });
  faults = new PageFaults({ server, onPeerChange: (change) => peerChanges.push(change) });
});

afterEach(() => {
  faults.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function keepPush(controller: typeof push): void {
  push = controller;
}

/** Reads until the connection for events breaks. */
async function errorOf(reader: ReadableStreamDefaultReader | undefined): Promise<unknown> {
  return reader?.read().catch((error: unknown) => error);
}

/** Lets one fault begin. */
async function begin(fault: Fault) {
  const run = faults.run({ seed: 1, faults: [fault] });
  await vi.advanceTimersByTimeAsync(0);
  return run;
}

it('loses only requests to the API of its server, and only those that the plan names', async () => {
  await begin({ at: 0, for: '5s', kind: 'http', effect: 'lost', operation: 'join' });
  const join = `${api}/join`;
  await expect(fetch(new Request(join, { method: 'POST' }))).rejects.toThrow(TypeError);
  await expect(fetch(join, { method: 'POST' })).rejects.toThrow(TypeError);
  await fetch(`${api}/leave`, { method: 'POST' });
  await fetch('https://elsewhere.example.com/rtc-api/conferences/join', { method: 'POST' });
  await fetch('https://rtc.example.com/rtc-api/conferences/join', { method: 'POST' });
  expect(answered).toEqual([
    `${api}/leave`,
    'https://elsewhere.example.com/rtc-api/conferences/join',
    'https://rtc.example.com/rtc-api/conferences/join',
  ]);

  await vi.advanceTimersByTimeAsync(5_000);
  expect((await fetch(join, { method: 'POST' })).status).toBe(200);
});

it('holds events back while the feed stalls, and breaks it when it is cut', async () => {
  const response = await fetch(`${api}/c1/push`);
  const reader = response.body?.getReader();
  await begin({ at: 0, for: '5s', kind: 'feed', effect: 'stalled' });
  push.enqueue(Uint8Array.of(1));
  const arrived = vi.fn<(value: unknown) => void>();
  void reader?.read().then(arrived);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(arrived).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  expect(arrived).toHaveBeenCalledWith({ done: false, value: Uint8Array.of(1) });

  const broken = errorOf(reader);
  await begin({ at: 0, kind: 'feed', effect: 'cut' });
  expect(await broken).toBeInstanceOf(TypeError);
});

it('ends the request to the server when a page stops reading events', async () => {
  const response = await fetch(`${api}/c1/push`);
  await response.body?.cancel();
  expect(cancelled).toHaveBeenCalledOnce();
});

it('lets connections say that they are broken, until an answer brings a new path', async () => {
  const peer = new RTCPeerConnection();
  const states: string[] = [];
  peer.onconnectionstatechange = () => states.push(peer.connectionState);
  await begin({ at: 0, for: '5s', kind: 'peer', effect: 'disconnected' });
  expect(peer.iceConnectionState).toBe('disconnected');
  await vi.advanceTimersByTimeAsync(5_000);
  await begin({ at: 0, kind: 'peer', effect: 'failed', direction: 'publish' });
  await begin({ at: 0, kind: 'peer', effect: 'failed', direction: 'view' });
  await peer.setRemoteDescription({ type: 'answer', sdp: '' });
  expect(states).toEqual(['disconnected', 'connected', 'failed', 'connected']);
  expect(peerChanges).toEqual(states.map((state) => ({ direction: 'view', state })));
});

it('lets a disconnected connection fail after fifteen seconds, as a browser does', async () => {
  const peer = new RTCPeerConnection();
  await begin({ at: 0, for: '60s', kind: 'peer', effect: 'disconnected' });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(peer.connectionState).toBe('failed');
});

it('unplugs a camera: its track ends, and it is found again after the fault', async () => {
  const { mediaDevices } = navigator;
  const [microphone, camera] = (await mediaDevices.getUserMedia({ audio: true, video: true })).getTracks();
  const ended = vi.fn<(value: unknown) => void>();
  const changed = vi.fn<(value: unknown) => void>();
  camera?.addEventListener('ended', ended);
  mediaDevices.addEventListener('devicechange', changed);
  await begin({ at: 0, for: '5s', kind: 'device', effect: 'unplugged', device: 'camera' });
  expect([microphone?.readyState, camera?.readyState]).toEqual(['live', 'ended']);
  expect(ended).toHaveBeenCalledOnce();
  expect(await mediaDevices.enumerateDevices()).toEqual([{ kind: 'audioinput' }]);
  await expect(mediaDevices.getUserMedia({ video: true })).rejects.toMatchObject({ name: 'NotFoundError' });
  await mediaDevices.getUserMedia({ audio: true });

  await vi.advanceTimersByTimeAsync(5_000);
  expect(changed).toHaveBeenCalledTimes(2);
  expect(await mediaDevices.enumerateDevices()).toHaveLength(2);
  await mediaDevices.getUserMedia({ video: true });
});

it.each([
  ['in-use', 'NotReadableError'],
  ['denied', 'NotAllowedError'],
] as const)('refuses a microphone that is %s', async (effect, name) => {
  await begin({ at: 0, for: '5s', kind: 'device', effect, device: 'microphone' });
  await expect(navigator.mediaDevices.getUserMedia({ audio: true })).rejects.toMatchObject({ name });
});

it('takes the whole network away, and gives it back when the plan stops', async () => {
  const peer = new RTCPeerConnection();
  const reader = (await fetch(`${api}/c1/push`)).body?.getReader();
  const broken = errorOf(reader);
  const run = await begin({ at: 0, for: '60s', kind: 'network', effect: 'lost' });
  expect(await broken).toBeInstanceOf(TypeError);
  await expect(fetch(`${api}/join`, { method: 'POST' })).rejects.toThrow(TypeError);
  expect(peer.connectionState).toBe('disconnected');
  run.stop();
  expect(peer.connectionState).toBe('connected');
  await fetch(`${api}/join`, { method: 'POST' });
});

it('restores the page when it is closed', async () => {
  const { mediaDevices } = navigator;
  faults.close();
  expect(globalThis.RTCPeerConnection).toBe(Peer);
  expect(Object.keys(mediaDevices)).toEqual([]);
  await fetch(`${api}/join`, { method: 'POST' });
  expect(answered).toEqual([`${api}/join`]);
});
