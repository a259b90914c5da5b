import { watchQuality } from '../quality/watch-quality.ts';
import type { InsightVerbs } from './insight.ts';
import { mutedKinds } from './muted-kinds.ts';

/** Announces statistics and quality of every stream until the returned function is called. */
export function followQuality({
  connections,
  snapshot,
  viewing,
  announce,
  remember,
}: InsightVerbs): () => void {
  return watchQuality({
    connections,
    mutedKinds: (streamId) => mutedKinds(snapshot().conference, streamId),
    pauseOf: async ({ peer }) => (await viewing()).pauseOf(peer),
    isBlocked: (streamId) => snapshot().playback.blockedStreamIds.includes(streamId),
    onMeasured: ({ streamId, direction }, { stats, quality, isChanged }) => {
      remember(streamId, quality);
      announce([['stats-updated', { streamId, direction, stats }]]);
      if (isChanged) announce([['quality-changed', { streamId, direction, quality }]]);
    },
  });
}
