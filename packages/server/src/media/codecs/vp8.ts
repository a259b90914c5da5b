import { videoFeedback } from './codec.ts';
import type { Codec } from './codec.ts';

/** VP8 (RFC 7741), which every WebRTC browser has. */
export const vp8: Codec = {
  name: 'VP8',
  kind: 'video',
  clockRate: 90_000,
  channels: 1,
  feedback: videoFeedback,
  isDecodable: () => true,
  answeredParameters: [],
  startsKeyFrame,
};

/** First packet of a frame (S=1, partition 0) whose frame header has the P bit clear (RFC 7741, section 4). */
function startsKeyFrame(buffer: Uint8Array, start: number, end: number): boolean {
  const descriptor = buffer[start];
  if (descriptor === undefined || end <= start) return false;
  const startsPartitionZero = (descriptor & 0x1f) === 0x10;
  if (!startsPartitionZero) return false;

  let position = start + 1;
  if (descriptor & 0x80) {
    const extended = buffer[position] ?? 0;
    position += 1;
    if (extended & 0x80) position += (buffer[position] ?? 0) & 0x80 ? 2 : 1;
    if (extended & 0x40) position += 1;
    if (extended & 0x30) position += 1;
  }
  const frameHeader = buffer[position];
  return frameHeader !== undefined && position < end && (frameHeader & 0x01) === 0;
}
