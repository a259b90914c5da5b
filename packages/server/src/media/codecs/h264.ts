import { videoFeedback, type Codec } from './codec.ts';
import { H264Frames } from './h264-frames.ts';
import { isDecodableH264, negotiateH264 } from './h264-profile.ts';

/** H.264 (RFC 6184), in packetization modes 0 (single NAL units) and 1 (also STAP-A and FU-A). */
export const h264: Codec = {
  name: 'H264',
  kind: 'video',
  clockRate: 90_000,
  channels: 1,
  feedback: videoFeedback,
  isDecodable: isDecodableH264,
  negotiate: negotiateH264,
  answeredParameters: ['level-asymmetry-allowed', 'packetization-mode', 'profile-level-id'],
  startsKeyFrame,
  createFrameAssembler: () => new H264Frames(),
};

const idrSlice = 5;
const sequenceParameterSet = 7;
const aggregation = 24;
const fragment = 28;

/**
 * The parameters of a new sequence, or the first slice of an IDR picture from a sender that sent its parameters only
 * once.
 */
function startsKeyFrame(buffer: Uint8Array, start: number, end: number): boolean {
  const header = buffer[start];
  if (header === undefined || end <= start + 1) return false;
  switch (header & 0x1f) {
    case aggregation:
      return aggregatesKeyUnit(buffer, start + 1, end);
    case fragment: {
      const fragmentHeader = buffer[start + 1] ?? 0;
      const isFirst = (fragmentHeader & 0x80) !== 0;
      return isFirst && isKeyUnit(fragmentHeader & 0x1f, buffer, start + 2, end);
    }
    default:
      return isKeyUnit(header & 0x1f, buffer, start + 1, end);
  }
}

/** STAP-A: units, each after its length in 16 bits (RFC 6184, section 5.7.1). */
function aggregatesKeyUnit(buffer: Uint8Array, start: number, end: number): boolean {
  let position = start;
  while (position + 3 <= end) {
    const length = ((buffer[position] ?? 0) << 8) | (buffer[position + 1] ?? 0);
    const unitEnd = position + 2 + length;
    if (length === 0 || unitEnd > end) return false;
    if (isKeyUnit((buffer[position + 2] ?? 0) & 0x1f, buffer, position + 3, unitEnd)) return true;
    position = unitEnd;
  }
  return false;
}

function isKeyUnit(type: number, buffer: Uint8Array, bodyStart: number, end: number): boolean {
  if (type === sequenceParameterSet) return true;
  if (type !== idrSlice || bodyStart >= end) return false;
  // A slice starts with the number of its first macroblock as Exp-Golomb, in which a set bit means 0.
  const startsPicture = ((buffer[bodyStart] ?? 0) & 0x80) !== 0;
  return startsPicture;
}
