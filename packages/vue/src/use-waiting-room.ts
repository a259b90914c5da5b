import type { Conference, WaitingGuest, WaitingRoom } from '@parley-rtc/sdk';
import {
  computed,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue';

/** Who waits to be admitted, and deciding about them. */
export interface WaitingRoomInUse {
  /** In the order in which they came. Empty for participants who may not moderate. */
  readonly guests: Readonly<ShallowRef<readonly WaitingGuest[]>>;
  /** Undefined without a conference, as the other two. */
  readonly admit: ComputedRef<WaitingRoom['admit'] | undefined>;
  readonly admitAll: ComputedRef<WaitingRoom['admitAll'] | undefined>;
  readonly deny: ComputedRef<WaitingRoom['deny'] | undefined>;
}

/** The guests in the waiting room, for moderators. Asks the server until the scope is disposed. */
export function useWaitingRoom(conference: MaybeRefOrGetter<Conference | undefined>): WaitingRoomInUse {
  const room = computed(() => toValue(conference)?.waitingRoom);
  const guests = shallowRef<readonly WaitingGuest[]>([]);
  watch(
    room,
    (present, _before, onCleanup) => {
      const read = () => {
        guests.value = present?.getSnapshot() ?? [];
      };
      if (present) onCleanup(present.subscribe(read));
      read();
    },
    { immediate: true },
  );
  return {
    guests,
    admit: computed(() => room.value?.admit),
    admitAll: computed(() => room.value?.admitAll),
    deny: computed(() => room.value?.deny),
  };
}
