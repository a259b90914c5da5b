import type { StreamType } from '@parley-rtc/contract';
import { mediaDevices, permissionError } from '../devices/permission-errors.ts';
import { type CaptureKind, UnsupportedBrowserError } from '../errors/device-errors.ts';
import { StreamTypeMismatchError } from '../errors/media-errors.ts';
import type { DeviceSource, OwnMediaSource, PublishSource, ScreenSource } from './publish-options.ts';
import type { TrackKind } from './published-stream.ts';
import { kindsOf } from './stream-kinds.ts';

/** Media ready to be sent. */
export interface Captured {
  readonly mediaStream: MediaStream;
  readonly type: StreamType;
  /** Ends the tracks, unless they are the app's own. */
  readonly stop: () => void;
}

/**
 * Gets the media that `source` asks for. An abort of `signal` cannot close the browser's question to the user, so
 * what is granted after it is stopped at once.
 *
 * @throws the errors of {@link permissionError}; StreamTypeMismatchError (`ERR_STREAM_TYPE_MISMATCH`).
 */
export async function capture(source: PublishSource, signal: AbortSignal): Promise<Captured> {
  if ('mediaStream' in source) return ownMedia(source);
  const captured = await ('screen' in source ? captureScreen(source) : captureDevices(source));
  if (!signal.aborted) return captured;
  captured.stop();
  throw signal.reason;
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
  return { mediaStream, type, stop: () => {} };
}

async function captureDevices({ camera, microphone }: DeviceSource): Promise<Captured> {
  const [type, kind] = deviceType(camera, microphone);
  const devices = mediaDevices();
  return captured(kind, type, () =>
    devices.getUserMedia({ audio: microphone ?? false, video: camera ?? false }),
  );
}

async function captureScreen({ screen }: ScreenSource): Promise<Captured> {
  const devices = mediaDevices();
  // Phones have mediaDevices but nothing to share a screen with.
  if (typeof devices.getDisplayMedia !== 'function') throw new UnsupportedBrowserError('getDisplayMedia');
  return captured('screen', 'SCREEN', () =>
    devices.getDisplayMedia(screen === true ? { video: true, audio: true } : screen),
  );
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

async function captured(
  kind: CaptureKind,
  type: StreamType,
  ask: () => Promise<MediaStream>,
): Promise<Captured> {
  try {
    const mediaStream = await ask();
    return {
      mediaStream,
      type,
      stop: () => {
        for (const track of mediaStream.getTracks()) track.stop();
      },
    };
  } catch (error) {
    throw permissionError(kind, error);
  }
}

export function tracksOf(mediaStream: MediaStream, kind: TrackKind): readonly MediaStreamTrack[] {
  return mediaStream.getTracks().filter((track) => track.kind === kind);
}
