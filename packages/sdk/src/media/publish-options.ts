import type { JsonObject, StreamType } from '@parley-rtc/contract';
import type { Captured } from './capture.ts';
import type { VideoCodec } from './encodings-for.ts';

/** What goes with every published stream. */
export interface PublishDetails {
  /** Description of the stream, shown to the others. */
  readonly metadata?: JsonObject;
  /** Upper bound for the video, all layers together, in bits per second, at least 30_000. Default 0: what its size takes. */
  readonly videoBitrateBps?: number;
  /** Upper bound for the sound in bits per second; `audioBitrates` has some. Default: the browser's own. */
  readonly audioBitrateBps?: number;
  /** Default VP8, which is also what is sent when the browser cannot send another. */
  readonly codec?: VideoCodec;
  /** Sends the video in several sizes at once, so that each viewer gets what fits. Default: with VP8. */
  readonly simulcast?: boolean;
  /** Sends next to nothing in silence. Default true. */
  readonly dtx?: boolean;
  /** Repeats sound in later packets, against loss, for about twice the bitrate. Default true, but not for music. */
  readonly red?: boolean;
  /** What matters in the picture. Default: `motion` of a camera, `detail` of a screen. */
  readonly videoHint?: 'motion' | 'detail' | 'text';
  /**
   * What to keep of the picture when network or processor are too slow for all of it. Default: `maintain-framerate` of a
   * camera, `maintain-resolution` of a screen.
   */
  readonly degradationPreference?: RTCDegradationPreference;
  /** What the sound is. Default: `speech` of a microphone. */
  readonly audioHint?: 'speech' | 'speech-recognition' | 'music';
  /** Gives up: what was captured is stopped and nothing stays published. */
  readonly signal?: AbortSignal;
}

/**
 * Which device, as the browser understands it; `true` takes what the browser offers first. A function is asked each
 * time the device is opened: at the start, when it is unmuted after it was freed, and when it was lost.
 */
export type DeviceWish = boolean | MediaTrackConstraints | (() => boolean | MediaTrackConstraints);

/** Camera, microphone or both. A camera gives 1280×720 at 30 pictures a second if it can, unless told otherwise. */
export interface DeviceSource {
  readonly camera?: DeviceWish;
  readonly microphone?: DeviceWish;
}

/** A screen, window or tab that the user picks, with its sound where the browser gives it; 15 pictures a second. */
export interface ScreenSource {
  readonly screen: true | DisplayMediaStreamOptions;
}

/** Media that the app made; its tracks stay the app's, so nothing here ever stops them. */
export interface OwnMediaSource {
  readonly mediaStream: MediaStream;
  /** Must fit the tracks: MIC is audio, CAM is video, MIC_AND_CAM is both, SCREEN is video with or without audio. */
  readonly type: StreamType;
}

/** What a preview shows, as it is: nothing is captured again, and the stream owns it from now on. */
export interface PreviewSource {
  readonly preview: {
    /** Gives the media away, which may still be on its way. */
    handOver(): Captured | Promise<Captured>;
  };
}

export type PublishSource = DeviceSource | ScreenSource | OwnMediaSource | PreviewSource;

/** What to publish, and how. */
export type PublishOptions = PublishSource & PublishDetails;
