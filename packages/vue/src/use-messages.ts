import { messageListOf, type Conference, type ListedMessage, type MessageList } from '@parley-rtc/sdk';
import {
  computed,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue';

export interface Messages {
  /** The messages of the topic, ours among them, oldest first. */
  readonly messages: Readonly<ShallowRef<readonly ListedMessage[]>>;
  /** Sends a message, which is listed at once. Undefined without a conference. */
  readonly send: ComputedRef<MessageList['send'] | undefined>;
  /** Sends a message that failed again. */
  readonly retry: ComputedRef<MessageList['retry'] | undefined>;
}

/**
 * The messages of one topic, and sending. All components of a conference share one list, so a panel that is mounted again shows
 * what came meanwhile.
 */
export function useMessages(
  conference: MaybeRefOrGetter<Conference | undefined>,
  topic: MaybeRefOrGetter<string>,
): Messages {
  const list = computed(() => {
    const present = toValue(conference);
    return present && messageListOf(present, toValue(topic));
  });
  const messages = shallowRef<readonly ListedMessage[]>([]);
  watch(
    list,
    (present, _before, onCleanup) => {
      const read = () => {
        messages.value = present?.getSnapshot() ?? [];
      };
      read();
      if (present) onCleanup(present.subscribe(read));
    },
    { immediate: true },
  );
  return {
    messages,
    send: computed(() => list.value?.send),
    retry: computed(() => list.value?.retry),
  };
}
