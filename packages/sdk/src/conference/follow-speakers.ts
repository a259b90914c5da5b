import { findStream } from '@parley-rtc/contract';
import { watchSpeakers } from '../speakers/watch-speakers.ts';
import { mutedKinds } from './muted-kinds.ts';
import type { InsightVerbs } from './insight.ts';

/** Listens for who speaks and announces it, until the returned function is called. */
export function followSpeakers({ connections, conference, announce }: InsightVerbs): () => void {
  return watchSpeakers({
    connections,
    isMuted: (streamId) => mutedKinds(conference(), streamId).has('audio'),
    onChanged: (speaking) => {
      const speakers = speaking.flatMap(({ streamId, level }) => {
        const participant = findStream(conference(), streamId)?.participant;
        return participant ? [{ participant, streamId, level }] : [];
      });
      announce([['active-speakers-changed', { speakers }]]);
    },
  });
}
