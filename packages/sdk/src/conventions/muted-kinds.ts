import type { ConferenceState } from '@parley-rtc/contract';
import type { TrackKind } from '../stream-kinds.ts';
import { muteKey } from './track-mute.ts';

const kinds = ['audio', 'video'] as const;

/** Returns which tracks of a stream are muted for all participants. */
export function mutedKinds({ metadata }: ConferenceState, streamId: string): ReadonlySet<TrackKind> {
  return new Set(kinds.filter((kind) => Object.hasOwn(metadata, muteKey(streamId, kind))));
}
