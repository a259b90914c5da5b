import { watchQuality } from '../quality/watch-quality.ts';
import { mutedKinds } from './muted-kinds.ts';
import type { InsightVerbs } from './insight.ts';

/** Measures how good the streams are and announces what changes, until the returned function is called. */
export function followQuality({ connections, conference, announce, remember }: InsightVerbs): () => void {
  return watchQuality({
    connections,
    mutedKinds: (streamId) => mutedKinds(conference(), streamId),
    onMeasured: ({ streamId, direction }, quality, isChanged) => {
      remember(streamId, quality);
      if (isChanged) announce([['quality-changed', { streamId, direction, quality }]]);
    },
  });
}
