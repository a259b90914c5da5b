import { findStream } from '@parley-rtc/contract';
import { watchSpeakers } from '../speakers/watch-speakers.ts';
import type { InsightVerbs } from './insight.ts';
import { mutedKinds } from './muted-kinds.ts';

/** Announces how loud every stream is, and who speaks, until the returned function is called. */
export function followSpeakers({ connections, snapshot, announce }: InsightVerbs): () => void {
  return watchSpeakers({
    connections,
    isMuted: (streamId) => mutedKinds(snapshot().conference, streamId).has('audio'),
    onLevels: (levels) => announce([['audio-levels-updated', { levels }]]),
    onChanged: (speaking) => {
      const speakers = speaking.flatMap(({ streamId, level }) => {
        const participant = findStream(snapshot().conference, streamId)?.participant;
        return participant ? [{ participant, streamId, level }] : [];
      });
      announce([['active-speakers-changed', { speakers }]]);
    },
  });
}
