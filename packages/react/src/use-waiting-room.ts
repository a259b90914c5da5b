import type { Conference, WaitingGuest, WaitingRoom } from '@parley-rtc/sdk';
import { useSyncExternalStore } from 'react';

/** Who waits to be admitted, and deciding about them. */
export interface WaitingRoomInUse {
  /** In the order in which they came. Empty for participants who may not moderate. */
  readonly guests: readonly WaitingGuest[];
  /** Undefined without a conference, as the other two. */
  readonly admit: WaitingRoom['admit'] | undefined;
  readonly admitAll: WaitingRoom['admitAll'] | undefined;
  readonly deny: WaitingRoom['deny'] | undefined;
}

const noGuests: readonly WaitingGuest[] = [];
const never = () => () => {};

/** The guests in the waiting room, for moderators. Asks the server while the component is mounted. */
export function useWaitingRoom(conference: Conference | undefined): WaitingRoomInUse {
  const room = conference?.waitingRoom;
  const read = () => room?.getSnapshot() ?? noGuests;
  const guests = useSyncExternalStore(room?.subscribe ?? never, read, () => noGuests);
  return { guests, admit: room?.admit, admitAll: room?.admitAll, deny: room?.deny };
}
