import { findStream, type ConferenceState, type MetadataEntry } from '@parley-rtc/contract';
import { writerOf, type Moderator } from '../moderator.ts';
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

/**
 * Who muted a track of any stream, including ours, if that was a moderator and not its publisher; undefined otherwise, and
 * always on a server without permissions, where any participant can write such an entry.
 */
export function selectMutedBy(
  { conference }: Pick<ConferenceSnapshot, 'conference'>,
  streamId: string,
  kind: TrackKind,
): Moderator | undefined {
  const entry = moderatorEntry(conference, streamId, kind);
  return entry && writerOf(entry);
}

/** Returns the entry with which a moderator muted a track. */
export function moderatorEntry(
  conference: ConferenceState,
  streamId: string,
  kind: TrackKind,
): MetadataEntry | undefined {
  const key = muteKey(streamId, kind);
  const entry = Object.hasOwn(conference.metadata, key) ? conference.metadata[key] : undefined;
  const publisher = entry && findStream(conference, streamId)?.participant;
  return publisher?.permissions && entry?.userEndpointId !== publisher.id ? entry : undefined;
}
