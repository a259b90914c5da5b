import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';

/** A layer of video that is silent this long while others arrive leaves a gap that a smaller layer should fill. */
const silentAfterMs = 400;

/** The largest layer that is arriving; undefined before any does. */
export function bestLayer({ layers }: SimulcastSource): SourceStream | undefined {
  const present = layers.filter((layer) => layer !== undefined);
  const newestMs = Math.max(...present.map(({ lastPacketMs }) => lastPacketMs));
  return present.findLast(({ lastPacketMs }) => newestMs - lastPacketMs <= silentAfterMs);
}
