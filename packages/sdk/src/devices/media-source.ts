import type { ParleyError } from '@parley-rtc/client';
import type { StreamType } from '@parley-rtc/contract';
import type { TrackKind } from '../stream-kinds.ts';

/**
 * Requests a device by the browser's constraints; `true` takes the browser's first choice. A function is called each time
 * the device is opened: at the start, on unmute after the device was released, and after the device was lost.
 */
export type DeviceRequest = boolean | MediaTrackConstraints | (() => boolean | MediaTrackConstraints);

/** Captures camera, microphone or both. The default for a camera is ideally 1280×720 at 30 frames per second. */
export interface DeviceSource {
  readonly camera?: DeviceRequest;
  readonly microphone?: DeviceRequest;
  /**
   * With both requested: takes the one that can be opened when the other is not connected, in use, or does not satisfy its
   * constraints. `missing` of the result says which one and why. A denied permission still rejects. Default false.
   */
  readonly allowMissing?: boolean;
}

/** The kinds that were requested but could not be opened, with the reason. */
export type MissingKinds = Readonly<Partial<Record<TrackKind, ParleyError>>>;

/** The kinds that start muted: `true` for all, or one by one. */
export type StartMuted = boolean | Readonly<Partial<Record<TrackKind, boolean>>>;

export function startsMuted(muted: StartMuted | undefined, kind: TrackKind): boolean {
  return (typeof muted === 'object' ? muted[kind] : muted) === true;
}

/** Captures a screen, window or tab that the user picks: by default at 15 frames per second, with audio if supported. */
export interface ScreenSource {
  readonly screen: true | DisplayMediaStreamOptions;
}

/** Publishes media of the app. Its tracks still belong to the app, so the SDK never stops them. */
export interface OwnMediaSource {
  readonly mediaStream: MediaStream;
  /** Must fit the tracks: MIC is audio, CAM is video, MIC_AND_CAM is both, SCREEN is video with or without audio. */
  readonly type: StreamType;
}

/** Publishes the media of a preview without capturing again. The stream then owns the media. */
export interface PreviewSource {
  readonly preview: {
    /** Transfers the media, which may still be opening. */
    handOver(): Captured | Promise<Captured>;
  };
}

export type PublishSource = DeviceSource | ScreenSource | OwnMediaSource | PreviewSource;

/** Captured media, ready to publish. */
export interface Captured {
  /** Lacks a track whose device opens on unmute; `requests` has its kind. */
  readonly mediaStream: MediaStream;
  readonly type: StreamType;
  /** How to reopen each kind of track. Has no entry for screens and the app's own tracks, which cannot be reopened. */
  readonly requests: Readonly<Partial<Record<TrackKind, DeviceRequest>>>;
  /** Whether the SDK opened it, and so may stop it. */
  readonly isOurs: boolean;
  /** Devices that `allowMissing` did without. */
  readonly missing?: MissingKinds;
}
