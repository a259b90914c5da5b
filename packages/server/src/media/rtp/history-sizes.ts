import type { MediaKind } from '../codecs/codec.ts';

/** Packets that are remembered at most for viewers' losses: 2 seconds of video at 5 Mbps, some more of audio. */
export const historySizes: Readonly<Record<MediaKind, number>> = { audio: 256, video: 1_024 };
