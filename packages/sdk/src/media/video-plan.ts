import type { StreamType } from '@parley-rtc/contract';
import { encodingsFor, type VideoCodec } from './encodings-for.ts';
import { canSend } from './prefer-codec.ts';
import type { PublishDetails } from './publish-options.ts';

/** How the video of one stream is sent, whichever track it is that is sent. */
export interface VideoPlan {
  readonly codec: VideoCodec;
  readonly isScreen: boolean;
  /** The app's limit in bits per second; 0 for none. */
  maxBitrateBps: number;
  readonly degradationPreference: RTCDegradationPreference;
  encodingsOf(track: MediaStreamTrack): RTCRtpEncodingParameters[];
}

export function planVideo(type: StreamType, options: PublishDetails): VideoPlan {
  const isScreen = type === 'SCREEN';
  const {
    codec: wanted = 'VP8',
    videoBitrateBps = 0,
    degradationPreference = isScreen ? 'maintain-resolution' : 'maintain-framerate',
  } = options;
  const codec = canSend('video', wanted) ? wanted : 'VP8';
  return {
    codec,
    isScreen,
    maxBitrateBps: videoBitrateBps,
    degradationPreference,
    encodingsOf(track) {
      const usualRate = isScreen ? 15 : 30;
      // A track that does not know its size yet, as some of those that are drawn, is taken for the usual camera.
      const { width = 1280, height = 720, frameRate = usualRate } = track.getSettings();
      const { simulcast = codec === 'VP8' } = options;
      const { maxBitrateBps } = this;
      return encodingsFor({
        width: width || 1280,
        height: height || 720,
        frameRate: Math.round(frameRate) || usualRate,
        isScreen,
        codec,
        maxBitrateBps,
        simulcast,
      });
    },
  };
}
