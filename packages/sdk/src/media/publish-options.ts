import type { JsonObject, StreamType } from '@parley-rtc/contract';

/** What goes with every published stream. */
export interface PublishDetails {
  /** Description of the stream, shown to the others. */
  readonly metadata?: JsonObject;
  /** Upper bound for the video in bits per second, at least 30_000. Default 0: none. */
  readonly videoBitrateBps?: number;
  /** Gives up: what was captured is stopped and nothing stays published. */
  readonly signal?: AbortSignal;
}

/** Camera, microphone or both; `true` takes what the browser offers first. */
export interface DeviceSource {
  readonly camera?: boolean | MediaTrackConstraints;
  readonly microphone?: boolean | MediaTrackConstraints;
}

/** A screen, window or tab that the user picks, with its sound where the browser gives it. */
export interface ScreenSource {
  readonly screen: true | DisplayMediaStreamOptions;
}

/** Media that the app made; its tracks stay the app's, so nothing here ever stops them. */
export interface OwnMediaSource {
  readonly mediaStream: MediaStream;
  /** Must fit the tracks: MIC is audio, CAM is video, MIC_AND_CAM is both, SCREEN is video with or without audio. */
  readonly type: StreamType;
}

export type PublishSource = DeviceSource | ScreenSource | OwnMediaSource;

/** What to publish, and how. */
export type PublishOptions = PublishSource & PublishDetails;
