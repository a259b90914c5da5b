import { av1 } from './av1.ts';
import type { Codec } from './codec.ts';
import { h264 } from './h264.ts';
import { opus } from './opus.ts';
import { vp8 } from './vp8.ts';
import { vp9 } from './vp9.ts';

/** The codecs that the router forwards. The publisher chooses which of them a stream uses. */
export const codecs: readonly Codec[] = [opus, vp8, h264, vp9, av1];
