import {
  selectLobby,
  selectLock,
  selectPermissions,
  type Conference,
  type ConferenceLobby,
  type ConferenceLock,
  type Moderation,
} from '@parley-rtc/sdk';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useConferenceState } from './use-conference-state.ts';

/** The state of the door, and what moderators do. */
export interface ModerationInUse {
  /** Whether we may moderate now. */
  readonly canModerate: ComputedRef<boolean>;
  /** Who locked the conference, and when; undefined while it is not locked. */
  readonly lock: ComputedRef<ConferenceLock | undefined>;
  /** The waiting room and its message; undefined while there is none. */
  readonly lobby: ComputedRef<ConferenceLobby | undefined>;
  /** `remove`, `mute`, `setPermissions`, `lock`, `unlock`, `openLobby` and `closeLobby`. Undefined without a conference. */
  readonly moderation: ComputedRef<Moderation | undefined>;
}

/** What a host's interface needs to moderate: whether we may, whether the door is closed, and the commands. */
export function useModeration(conference: MaybeRefOrGetter<Conference | undefined>): ModerationInUse {
  const permissions = useConferenceState(conference, selectPermissions);
  return {
    canModerate: computed(() => permissions.value?.canModerate ?? false),
    lock: useConferenceState(conference, selectLock),
    lobby: useConferenceState(conference, selectLobby),
    moderation: computed(() => toValue(conference)?.moderation),
  };
}
