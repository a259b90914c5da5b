import {
  selectLobby,
  selectLock,
  selectPermissions,
  type Conference,
  type ConferenceLobby,
  type ConferenceLock,
  type Moderation,
} from '@parley-rtc/sdk';
import { useConferenceState } from './use-conference-state.ts';

/** The state of the door, and what moderators do. */
export interface ModerationInUse {
  /** Whether we may moderate now. */
  readonly canModerate: boolean;
  /** Who locked the conference, and when; undefined while it is not locked. */
  readonly lock: ConferenceLock | undefined;
  /** The waiting room and its message; undefined while there is none. */
  readonly lobby: ConferenceLobby | undefined;
  /** `remove`, `mute`, `setPermissions`, `lock`, `unlock`, `openLobby` and `closeLobby`. Undefined without a conference. */
  readonly moderation: Moderation | undefined;
}

/** What a host's interface needs to moderate: whether we may, whether the door is closed, and the commands. */
export function useModeration(conference: Conference | undefined): ModerationInUse {
  const canModerate = useConferenceState(conference, selectPermissions)?.canModerate ?? false;
  const lock = useConferenceState(conference, selectLock);
  const lobby = useConferenceState(conference, selectLobby);
  return { canModerate, lock, lobby, moderation: conference?.moderation };
}
