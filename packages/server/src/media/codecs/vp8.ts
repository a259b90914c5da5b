import { videoFeedback, type Codec } from './codec.ts';
import { startsVp8KeyFrame, vp8KeyFrameHeightPx } from './vp8-descriptor.ts';
import { Vp8FrameNumbers } from './vp8-frame-numbers.ts';
import { Vp8Frames } from './vp8-frames.ts';

/** VP8 (RFC 7741), which every WebRTC browser supports. */
export const vp8: Codec = {
  name: 'VP8',
  kind: 'video',
  clockRate: 90_000,
  channels: 1,
  feedback: videoFeedback,
  isDecodable: () => true,
  answeredParameters: [],
  startsKeyFrame: startsVp8KeyFrame,
  keyFrameHeightPx: vp8KeyFrameHeightPx,
  createFrameNumbers: () => new Vp8FrameNumbers(),
  createFrameAssembler: () => new Vp8Frames(),
};
