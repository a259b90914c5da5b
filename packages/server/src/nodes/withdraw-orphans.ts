import type { Conferences } from '../conferences/conferences.ts';
import { dropStream } from '../conferences/rules/unpublish-stream.ts';
import type { Cluster } from '../storage/storage.ts';

/**
 * Unpublishes the streams of nodes that are gone. Several nodes may do so at the same time: the first one appends the event, and
 * the others find nothing to do.
 */
export function withdrawOrphans(
  cluster: Pick<Cluster, 'onOrphans' | 'owners'>,
  conferences: Pick<Conferences, 'record'>,
): void {
  const { owners } = cluster;
  cluster.onOrphans(async (streams) => {
    for (const { streamKey, incarnation } of streams) {
      const [conferenceId = '', streamId = ''] = JSON.parse(streamKey) as readonly string[];
      await conferences.record(conferenceId, (state, stamp) =>
        // Meanwhile, its publisher may have published it at another node.
        owners.of(streamKey) === incarnation ? dropStream(state, streamId, stamp) : [],
      );
      await owners.release(streamKey, incarnation);
    }
  });
}
