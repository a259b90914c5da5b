import { loadPart } from '../load-part.ts';
import type { ViewingRoom, ViewingRoomOptions } from '../viewing/viewing-room.ts';

/**
 * Returns a function that fetches the part of the SDK that views are shown by, once, and again after a failure. It is
 * fetched while a call is joined or a view negotiated, so that nobody waits for it.
 */
export function loadViewingRoom(options: ViewingRoomOptions): () => Promise<ViewingRoom> {
  let loading: Promise<ViewingRoom> | undefined;
  const load = async () => {
    try {
      const { ViewingRoom } = await loadPart('viewing', () => import('../viewing/viewing-room.ts'));
      return new ViewingRoom(options);
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  return () => (loading ??= load());
}
