import type { StreamType } from '@parley-rtc/contract';
import { encodingsFor, type VideoCodec } from '../encoding/encodings-for.ts';
import { canSend } from '../encoding/prefer-codec.ts';
import type { PublishDetails } from './publish-options.ts';

/** What the encodings depend on, as far as it is known. */
export interface FrameSize {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly frameRate?: number | undefined;
}

/** How the video of one stream is encoded. */
export interface VideoPlan {
  readonly codec: VideoCodec;
  readonly isScreen: boolean;
  /** The app's limit in bits per second; 0 for none. */
  maxBitrateBps: number;
  /** The size of the frames that are sent now. */
  size: FrameSize;
  readonly degradationPreference: RTCDegradationPreference;
  encodings(): RTCRtpEncodingParameters[];
}

export function planVideo(type: StreamType, options: PublishDetails): VideoPlan {
  const isScreen = type === 'SCREEN';
  const {
    codec: preferred = 'VP8',
    videoBitrateBps = 0,
    degradationPreference = isScreen ? 'maintain-resolution' : 'maintain-framerate',
  } = options;
  const codec = canSend('video', preferred) ? preferred : 'VP8';
  const { simulcast = codec === 'VP8' } = options;
  const usualRate = isScreen ? 15 : 30;
  return {
    codec,
    isScreen,
    maxBitrateBps: videoBitrateBps,
    size: {},
    degradationPreference,
    encodings() {
      const { maxBitrateBps } = this;
      // Some canvas tracks, and cameras that are not open yet, have no size; assume that of a typical camera.
      const { width, height, frameRate } = this.size;
      return encodingsFor({
        width: width || 1280,
        height: height || 720,
        frameRate: Math.round(frameRate ?? usualRate) || usualRate,
        isScreen,
        codec,
        maxBitrateBps,
        simulcast,
      });
    },
  };
}
