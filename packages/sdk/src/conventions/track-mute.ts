import type { ConferenceSnapshot } from '../state/conference-store.ts';
import type { TrackKind } from '../stream-kinds.ts';

/** Returns the key of the conference metadata entry whose existence means that a track is muted. */
export function muteKey(streamId: string, kind: TrackKind): string {
  return `TRACK_MUTED/${kind}/${streamId}`;
}

/** Whether a track of any stream, including ours, is muted for all participants. */
export function selectMuted(
  { conference }: Pick<ConferenceSnapshot, 'conference'>,
  streamId: string,
  kind: TrackKind,
): boolean {
  return Object.hasOwn(conference.metadata, muteKey(streamId, kind));
}
