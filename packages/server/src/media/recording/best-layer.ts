import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';

/** The largest layer that is arriving; undefined before any does. */
export function bestLayer(published: SimulcastSource): SourceStream | undefined {
  const live = published.layers.findLast((layer, index) => layer && published.isLive(index));
  return live ?? published.layers.find((layer) => layer !== undefined);
}
