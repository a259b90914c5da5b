import { Av1Frames } from './av1-frames.ts';
import { videoFeedback, type Codec } from './codec.ts';
import type { FormatParameters } from './format-parameters.ts';

/**
 * AV1 (aomediacodec.github.io/av1-rtp-spec), forwarded whole, with its dependency descriptors to viewers that offer
 * them.
 */
export const av1: Codec = {
  name: 'AV1',
  kind: 'video',
  clockRate: 90_000,
  channels: 1,
  feedback: videoFeedback,
  usesDependencyDescriptor: true,
  isDecodable: (published, offered) => profileOf(published) === profileOf(offered),
  answeredParameters: ['profile', 'level-idx', 'tier'],
  startsKeyFrame,
  createFrameAssembler: () => new Av1Frames(),
};

function profileOf(parameters: FormatParameters): number {
  return Number(parameters.get('profile') ?? 0);
}

const continuesUnit = 0x80;
const startsSequence = 0x08;

/** The first packet of a coded video sequence: N=1, and not a continuation (Z=0) of the packet before (section 4.4). */
function startsKeyFrame(buffer: Uint8Array, start: number, end: number): boolean {
  const aggregation = buffer[start];
  if (aggregation === undefined || end <= start + 1) return false;
  return (aggregation & (startsSequence | continuesUnit)) === startsSequence;
}
