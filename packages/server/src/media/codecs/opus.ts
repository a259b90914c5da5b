import type { Codec } from './codec.ts';
import { OpusFrames } from './opus-frames.ts';

/**
 * Opus (RFC 7587). Its parameters are only preferences, so any two peers are compatible. In-band FEC is answered where
 * offered: the encoder then repeats each frame in the next packet, which makes one lost packet inaudible.
 */
export const opus: Codec = {
  name: 'opus',
  kind: 'audio',
  clockRate: 48_000,
  channels: 2,
  feedback: ['transport-cc', 'nack'],
  isDecodable: () => true,
  answeredParameters: ['minptime', 'useinbandfec', 'usedtx', 'stereo', 'maxaveragebitrate', 'cbr'],
  startsKeyFrame: () => true,
  createFrameAssembler: () => new OpusFrames(),
};
