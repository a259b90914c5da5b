import type { Codec } from './codec.ts';

/**
 * Opus (RFC 7587). Its parameters only wish, so any two peers understand each other. In-band FEC is answered where it is
 * offered: the encoder then repeats each frame in the next packet, and one lost packet is not heard.
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
};
