import type { StreamType } from '@parley-rtc/contract';
import { mediaDevices } from '../devices/media-devices.ts';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import type { CaptureKind } from '../errors/device-errors.ts';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import { loadPart } from '../load-part.ts';
import type {
  DeviceSource,
  DeviceWish,
  OwnMediaSource,
  PublishSource,
  ScreenSource,
} from './publish-options.ts';
import type { TrackKind } from './published-stream.ts';
import { kindsOf } from './stream-kinds.ts';

/** Media ready to be sent. */
export interface Captured {
  readonly mediaStream: MediaStream;
  readonly type: StreamType;
  /** How each kind is opened again; nothing for what cannot be, as screens and the app's own tracks. */
  readonly wishes: Readonly<Partial<Record<TrackKind, DeviceWish>>>;
  /** Whether we opened it, and so may stop it. */
  readonly isOurs: boolean;
}

export const deviceOf: Readonly<Record<TrackKind, 'microphone' | 'camera'>> = {
  audio: 'microphone',
  video: 'camera',
};

type Constraints = boolean | MediaTrackConstraints;

const usualCamera: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};

/**
 * Gets the media that `source` asks for. An abort of `signal` cannot close the browser's question to the user, so
 * what is granted after it is stopped at once.
 *
 * @throws the errors of `permissionError`; StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`).
 */
export async function capture(source: PublishSource, signal: AbortSignal): Promise<Captured> {
  if ('mediaStream' in source) return ownMedia(source);
  if ('preview' in source) return source.preview.handOver();
  const captured = await ('screen' in source ? captureScreen(source) : captureDevices(source));
  if (!signal.aborted) return captured;
  stopAll(captured.mediaStream);
  throw signal.reason;
}

/** Opens one device. */
export async function openDevice(
  kind: TrackKind,
  wish: DeviceWish,
  signal: AbortSignal,
): Promise<MediaStreamTrack> {
  const { mediaStream } = await capture({ [deviceOf[kind]]: wish }, signal);
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
      'MIC is audio, CAM is video, MIC_AND_CAM is both, SCREEN is video with or without audio.',
    );
  }
  return { mediaStream, type, wishes: {}, isOurs: false };
}

async function captureDevices({ camera, microphone }: DeviceSource): Promise<Captured> {
  const video = cameraConstraints(asked(camera));
  const audio = asked(microphone);
  const [type, kind] = deviceType(video, audio);
  return {
    mediaStream: await openDevices(kind, { audio, video }, [camera, microphone]),
    type,
    wishes: { ...(audio && microphone && { audio: microphone }), ...(video && camera && { video: camera }) },
    isOurs: true,
  };
}

/** A device that a function chose may have gone a moment ago, and any other is better than none. */
async function openDevices(
  kind: CaptureKind,
  constraints: { readonly audio: Constraints; readonly video: Constraints },
  wishes: readonly (DeviceWish | undefined)[],
): Promise<MediaStream> {
  const devices = mediaDevices();
  return granted(kind, async () => {
    try {
      return await devices.getUserMedia(constraints);
    } catch (error) {
      const isChosen = wishes.some((wish) => typeof wish === 'function');
      if (!isChosen || (error as Error | undefined)?.name !== 'OverconstrainedError') throw error;
      const [audio, video] = [withoutDevice(constraints.audio), withoutDevice(constraints.video)];
      return devices.getUserMedia({ audio, video });
    }
  });
}

/** The same constraints for any device. */
export function withoutDevice(constraints: Constraints): Constraints {
  if (typeof constraints !== 'object') return constraints;
  const { deviceId: _deviceId, groupId: _groupId, ...rest } = constraints;
  return rest;
}

async function captureScreen({ screen }: ScreenSource): Promise<Captured> {
  const devices = mediaDevices();
  // Phones have mediaDevices but nothing to share a screen with.
  if (typeof devices.getDisplayMedia !== 'function') throw new UnsupportedBrowserError('getDisplayMedia');
  const wanted = screen === true ? { video: { frameRate: { ideal: 15 } }, audio: true } : screen;
  const mediaStream = await granted('screen', () => devices.getDisplayMedia(wanted));
  return { mediaStream, type: 'SCREEN', wishes: {}, isOurs: true };
}

function asked(wish: DeviceWish = false): Constraints {
  return typeof wish === 'function' ? wish() : wish;
}

/** Sizes that the app names are the app's business. */
function cameraConstraints(wish: Constraints): Constraints {
  if (wish === true) return usualCamera;
  if (!wish || 'width' in wish || 'height' in wish || 'aspectRatio' in wish) return wish;
  return { ...usualCamera, ...wish };
}

function deviceType(camera: unknown, microphone: unknown): [StreamType, CaptureKind] {
  if (camera && microphone) return ['MIC_AND_CAM', 'camera and microphone'];
  if (camera) return ['CAM', 'camera'];
  if (microphone) return ['MIC', 'microphone'];
  throw new StreamTypeMismatchError(
    'Neither camera nor microphone was asked for.',
    'Pass `camera: true`, `microphone: true`, `screen: true`, or a `mediaStream` with its `type`.',
  );
}

async function granted(kind: CaptureKind, ask: () => Promise<MediaStream>): Promise<MediaStream> {
  try {
    return await ask();
  } catch (error) {
    // Most calls never need the names of what can go wrong, so they are fetched when something does.
    const { permissionError } = await loadPart(
      'errors of devices',
      () => import('../devices/permission-errors.ts'),
    );
    throw await permissionError(kind, error);
  }
}

export function tracksOf(mediaStream: MediaStream, kind: TrackKind): readonly MediaStreamTrack[] {
  return mediaStream.getTracks().filter((track) => track.kind === kind);
}

export function stopAll(mediaStream: MediaStream): void {
  for (const track of mediaStream.getTracks()) track.stop();
}
