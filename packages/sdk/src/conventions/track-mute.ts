import type { ConferenceSnapshot } from '../conference/conference-store.ts';
import type { TrackKind } from '../media/published-stream.ts';

/** The entry of the conference's metadata that says, by being there, that a track is muted. */
export function muteKey(streamId: string, kind: TrackKind): string {
  return `TRACK_MUTED/${kind}/${streamId}`;
}

/** Whether a stream of anybody, ours too, is muted, as everybody sees it. */
export function selectMuted(
  { conference }: Pick<ConferenceSnapshot, 'conference'>,
  streamId: string,
  kind: TrackKind,
): boolean {
  return Object.hasOwn(conference.metadata, muteKey(streamId, kind));
}
