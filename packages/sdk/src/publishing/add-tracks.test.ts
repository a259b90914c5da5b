import { afterEach, expect, it, vi } from 'vitest';
import { aMediaStream, aTrack } from '../../../testing/src/browser/fake-media.ts';
import { addTracks } from './add-tracks.ts';
import type { PublishDetails } from './publish-options.ts';
import { planVideo } from './video-plan.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const known: Readonly<Record<string, readonly string[]>> = {
  audio: ['audio/opus', 'audio/red', 'audio/PCMU'],
  video: ['video/H264', 'video/VP9', 'video/rtx', 'video/VP8'],
};

interface Added {
  readonly track: unknown;
  readonly init: RTCRtpTransceiverInit;
  codecs: readonly string[] | undefined;
}

/** Adds a microphone and a camera to a connection, and returns what the connection received. */
function add(options: PublishDetails, { canOrder = true, canEncode = true, hasTracks = true } = {}) {
  vi.stubGlobal('RTCRtpSender', {
    getCapabilities: (kind: string) => ({ codecs: known[kind]?.map((mimeType) => ({ mimeType })) }),
  });
  const added: Added[] = [];
  const steps: string[] = [];
  const peer = {
    addTransceiver: (track: unknown, init: RTCRtpTransceiverInit) => {
      if (init.sendEncodings && !canEncode) throw new TypeError('sendEncodings');
      const one: Added = { track, init, codecs: undefined };
      added.push(one);
      const sender = { of: track };
      const setCodecPreferences = (codecs: readonly RTCRtpCodec[]) => {
        if (!canOrder) throw new DOMException('no', 'InvalidModificationError');
        steps.push('codecs');
        one.codecs = codecs.map(({ mimeType }) => mimeType);
      };
      return { sender, setCodecPreferences };
    },
  } as unknown as RTCPeerConnection;
  const mediaStream = aMediaStream();
  const [microphone, camera] = [aTrack('audio'), aTrack('video')];
  const tracks = [
    { kind: 'audio', track: hasTracks ? microphone : undefined },
    { kind: 'video', track: hasTracks ? camera : undefined },
  ] as const;
  const plan = planVideo('MIC_AND_CAM', options);
  const senders = addTracks(peer, mediaStream, tracks, plan, options, () => void steps.push('encrypt'));
  const [audio, video] = added;
  return { audio, video, senders, steps, mediaStream, microphone, camera };
}

it('adds one transceiver for each kind, which only sends, in one media stream', () => {
  const { audio, video, senders, mediaStream, microphone, camera } = add({});
  expect(audio).toMatchObject({ track: microphone, init: { direction: 'sendonly', streams: [mediaStream] } });
  expect(video).toMatchObject({ track: camera, init: { direction: 'sendonly', streams: [mediaStream] } });
  expect(senders).toEqual({ audio: { of: microphone }, video: { of: camera } });
});

it('adds the kind alone while its device is not open', () => {
  const { audio, video } = add({}, { hasTracks: false });
  expect([audio?.track, video?.track]).toEqual(['audio', 'video']);
});

it('encodes video by its plan, and audio by the limit of the app', () => {
  expect(add({}).audio?.init.sendEncodings).toBeUndefined();
  const { audio, video } = add({ audioBitrateBps: 24_000 });
  expect(audio?.init.sendEncodings).toEqual([{ maxBitrate: 24_000 }]);
  expect(video?.init.sendEncodings?.map(({ rid }) => rid)).toEqual(['q', 'h', 'f']);
});

it('leaves out the encodings where the browser refuses them', () => {
  const { audio, video } = add({ audioBitrateBps: 24_000 }, { canEncode: false });
  expect([audio?.init, video?.init].map((init) => init?.sendEncodings)).toEqual([undefined, undefined]);
});

it('prefers VP8, or the codec of the app and then VP8, and keeps the rest', () => {
  expect(add({}).video?.codecs).toEqual(['video/VP8', 'video/H264', 'video/VP9', 'video/rtx']);
  expect(add({ codec: 'VP9' }).video?.codecs).toEqual(['video/VP9', 'video/VP8', 'video/H264', 'video/rtx']);
});

it.each<[PublishDetails, string]>([
  [{}, 'audio/red'],
  [{ audioHint: 'speech' }, 'audio/red'],
  [{ red: false }, 'no order of its own'],
  [{ audioHint: 'music' }, 'no order of its own'],
  [{ audioHint: 'music', red: true }, 'audio/red'],
])('sends audio redundantly by default, except for music: %j', (options, first) => {
  expect(add(options).audio?.codecs?.[0] ?? 'no order of its own').toBe(first);
});

it('keeps the order of a browser that cannot change it', () => {
  const { audio, video, steps } = add({}, { canOrder: false });
  expect([audio?.codecs, video?.codecs]).toEqual([undefined, undefined]);
  expect(steps).toEqual(['encrypt', 'encrypt']);
});

it('encrypts after ordering the codecs, because encryption restricts them', () => {
  expect(add({}).steps).toEqual(['codecs', 'encrypt', 'codecs', 'encrypt']);
});
