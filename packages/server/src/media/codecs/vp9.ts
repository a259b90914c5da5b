import { videoFeedback, type Codec } from './codec.ts';
import type { FormatParameters } from './format-parameters.ts';
import { Vp9Frames } from './vp9-frames.ts';

/** VP9 (RFC 9628). Spatial and temporal layers (SVC) are forwarded unchanged. */
export const vp9: Codec = {
  name: 'VP9',
  kind: 'video',
  clockRate: 90_000,
  channels: 1,
  feedback: videoFeedback,
  isDecodable: (published, offered) => profileOf(published) === profileOf(offered),
  answeredParameters: ['profile-id'],
  startsKeyFrame,
  createFrameAssembler: () => new Vp9Frames(),
};

function profileOf(parameters: FormatParameters): number {
  return Number(parameters.get('profile-id') ?? 0);
}

const hasPictureId = 0x80;
const isInterPicture = 0x40;
const hasLayers = 0x20;
const startsFrame = 0x08;

/**
 * The start (B=1) of a frame that refers to no other frame (P=0), in the lowest spatial layer (RFC 9628, section 4.2).
 */
function startsKeyFrame(buffer: Uint8Array, start: number, end: number): boolean {
  const descriptor = buffer[start];
  if (descriptor === undefined || end <= start) return false;
  if (descriptor & isInterPicture || !(descriptor & startsFrame)) return false;

  let position = start + 1;
  if (descriptor & hasPictureId) position += (buffer[position] ?? 0) & 0x80 ? 2 : 1;
  if (!(descriptor & hasLayers)) return position < end;
  const layers = buffer[position];
  if (layers === undefined || position + 1 >= end) return false;
  const spatialLayer = (layers >> 1) & 0x07;
  return spatialLayer === 0;
}
