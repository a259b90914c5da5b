import { withDeadline } from '@parley-rtc/client';
import type { StreamType } from '@parley-rtc/contract';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { CaptureKind } from '../errors/device-errors.ts';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import { loadPart } from '../load-part.ts';
import { kindsOf, type TrackKind } from '../stream-kinds.ts';
import { mediaDevices } from './media-devices.ts';
import {
  startsMuted,
  type Captured,
  type DeviceRequest,
  type DeviceSource,
  type OwnMediaSource,
  type PublishSource,
  type ScreenSource,
  type StartMuted,
} from './media-source.ts';

export const deviceOf: Readonly<Record<TrackKind, 'microphone' | 'camera'>> = {
  audio: 'microphone',
  video: 'camera',
};

type Constraints = boolean | MediaTrackConstraints;

type OpenedDevices = Pick<Captured, 'mediaStream' | 'missing'>;

interface TrackConstraints {
  readonly audio: Constraints;
  readonly video: Constraints;
}

type CaptureSource = PublishSource & { readonly muted?: StartMuted };

const usualCamera: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

/**
 * Gets the media that `source` requests. Aborting `signal` cannot close the browser's permission prompt, so media granted
 * after the abort is stopped immediately. A camera that starts muted is not opened.
 *
 * @throws the errors of `permissionError`; StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`).
 */
export async function capture(source: CaptureSource, signal: AbortSignal): Promise<Captured> {
  if ('mediaStream' in source) return ownMedia(source);
  if ('preview' in source) return source.preview.handOver();
  const captured = await ('screen' in source ? captureScreen(source) : captureDevices(source, signal));
  if (!signal.aborted) return captured;
  stopAll(captured.mediaStream);
  throw signal.reason;
}

/** Opens one device. Rejects without delay when a signal aborts, even while the browser asks the user. */
export async function openDevice(
  kind: TrackKind,
  request: DeviceRequest,
  signals: readonly (AbortSignal | undefined)[],
): Promise<MediaStreamTrack> {
  const { mediaStream } = await withDeadline({ operation: 'openDevice', signals }, ({ signal }) =>
    capture({ [deviceOf[kind]]: request }, signal),
  );
  const [track] = tracksOf(mediaStream, kind);
  if (!track) throw new UnsupportedBrowserError(`${deviceOf[kind]} track`);
  return track;
}

function ownMedia({ mediaStream, type }: OwnMediaSource): Captured {
  const { needs, may } = kindsOf[type];
  const has = (['audio', 'video'] as const).filter((kind) => tracksOf(mediaStream, kind).length > 0);
  const fits = type !== 'UNKNOWN' && needs.every((kind) => has.includes(kind));
  if (!fits || !has.every((kind) => needs.includes(kind) || may.includes(kind))) {
    throw new StreamTypeMismatchError(
      `A stream of type ${type} cannot carry ${has.join(' and ') || 'nothing'}.`,
      'Use MIC for audio, CAM for video, MIC_AND_CAM for both, SCREEN for video with or without audio.',
    );
  }
  return { mediaStream, type, requests: {}, isOurs: false };
}

async function captureDevices(
  source: DeviceSource & { readonly muted?: StartMuted },
  signal: AbortSignal,
): Promise<Captured> {
  const { camera, microphone, allowMissing = false, muted } = source;
  const video = cameraConstraints(asked(camera));
  const audio = asked(microphone);
  const requests = [camera, microphone];
  // Like a camera that is muted later, one that starts muted stays off until it is unmuted.
  const opened = { audio, video: video && !startsMuted(muted, 'video') && video };
  const { mediaStream, missing = {} } = await (allowMissing && opened.audio && opened.video
    ? openExisting(opened, requests, signal)
    : openAll(opened, requests, signal));
  const [type] = deviceType(video && !missing.video, audio && !missing.audio);
  return {
    mediaStream,
    type,
    requests: {
      ...(audio && microphone && !missing.audio && { audio: microphone }),
      ...(video && camera && !missing.video && { video: camera }),
    },
    isOurs: true,
    missing,
  };
}

async function openAll(
  constraints: TrackConstraints,
  requests: readonly (DeviceRequest | undefined)[],
  signal: AbortSignal,
): Promise<OpenedDevices> {
  const { audio, video } = constraints;
  if (!audio && !video) return { mediaStream: new MediaStream() };
  const [, kind] = deviceType(video, audio);
  return { mediaStream: await openDevices(kind, constraints, requests, signal) };
}

/** Opens both, or the one that can be opened. */
async function openExisting(
  constraints: TrackConstraints,
  requests: readonly (DeviceRequest | undefined)[],
  signal: AbortSignal,
): Promise<OpenedDevices> {
  try {
    return await openAll(constraints, requests, signal);
  } catch (error) {
    // Nobody waits for the devices any more.
    signal.throwIfAborted();
    // Few calls need it, so its code is loaded only on failure.
    const { openOneByOne } = await loadPart('device errors', () => import('./open-one-by-one.ts'));
    const open = (kind: TrackKind) =>
      openAll({ audio: false, video: false, [kind]: constraints[kind] }, requests, signal);
    return openOneByOne(error, open, signal);
  }
}

/** Falls back to any device when a function chose one that has just been unplugged. */
async function openDevices(
  kind: CaptureKind,
  constraints: TrackConstraints,
  requests: readonly (DeviceRequest | undefined)[],
  signal: AbortSignal,
): Promise<MediaStream> {
  const devices = mediaDevices();
  return granted(kind, async () => {
    try {
      return await devices.getUserMedia(constraints);
    } catch (error) {
      const isChosen = requests.some((request) => typeof request === 'function');
      if (!isChosen || (error as Error | undefined)?.name !== 'OverconstrainedError') throw error;
      signal.throwIfAborted();
      const [audio, video] = [withoutDevice(constraints.audio), withoutDevice(constraints.video)];
      return devices.getUserMedia({ audio, video });
    }
  });
}

/** Returns the same constraints without a specific device. */
export function withoutDevice(constraints: Constraints): Constraints {
  if (typeof constraints !== 'object') return constraints;
  const { deviceId: _deviceId, groupId: _groupId, ...rest } = constraints;
  return rest;
}

async function captureScreen({ screen }: ScreenSource): Promise<Captured> {
  const devices = mediaDevices();
  // Phones have mediaDevices but cannot share a screen.
  if (typeof devices.getDisplayMedia !== 'function') throw new UnsupportedBrowserError('getDisplayMedia');
  const options = screen === true ? { video: { frameRate: { ideal: 15 } }, audio: true } : screen;
  const mediaStream = await granted('screen', () => devices.getDisplayMedia(options));
  return { mediaStream, type: 'SCREEN', requests: {}, isOurs: true };
}

function asked(request: DeviceRequest = false): Constraints {
  return typeof request === 'function' ? request() : request;
}

/** Adds the usual size and frame rate, unless the app requests a size of its own. */
function cameraConstraints(request: Constraints): Constraints {
  if (request === true) return usualCamera;
  if (!request || 'width' in request || 'height' in request || 'aspectRatio' in request) return request;
  return { ...usualCamera, ...request };
}

function deviceType(camera: unknown, microphone: unknown): [StreamType, CaptureKind] {
  if (camera && microphone) return ['MIC_AND_CAM', 'camera and microphone'];
  if (camera) return ['CAM', 'camera'];
  if (microphone) return ['MIC', 'microphone'];
  throw new StreamTypeMismatchError(
    'Neither camera nor microphone was requested.',
    'Pass `camera: true`, `microphone: true`, `screen: true`, or a `mediaStream` with its `type`.',
  );
}

async function granted(kind: CaptureKind, ask: () => Promise<MediaStream>): Promise<MediaStream> {
  try {
    return await ask();
  } catch (error) {
    // Most calls never need these errors, so their code is loaded only on failure.
    const { permissionError } = await loadPart('device errors', () => import('./permission-errors.ts'));
    throw await permissionError(kind, error);
  }
}

export function tracksOf(mediaStream: MediaStream, kind: TrackKind): readonly MediaStreamTrack[] {
  return mediaStream.getTracks().filter((track) => track.kind === kind);
}

export function stopAll(mediaStream: MediaStream): void {
  for (const track of mediaStream.getTracks()) track.stop();
}
