import type { ConferenceState } from '@parley-rtc/contract';
import { muteKey } from '../conventions/track-mute.ts';
import type { TrackKind } from '../media/published-stream.ts';

const kinds = ['audio', 'video'] as const;

/** Which tracks of a stream are muted, as everybody sees it. */
export function mutedKinds({ metadata }: ConferenceState, streamId: string): ReadonlySet<TrackKind> {
  return new Set(kinds.filter((kind) => Object.hasOwn(metadata, muteKey(streamId, kind))));
}
