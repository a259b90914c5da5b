import { messageListOf, type Conference, type ListedMessage, type MessageList } from '@parley-rtc/sdk';
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter, type ShallowRef } from 'vue';
import { useStore } from './use-store.ts';

export interface Messages {
  /** The messages of the topic, ours among them, oldest first. */
  readonly messages: Readonly<ShallowRef<readonly ListedMessage[]>>;
  /** Sends a message, which is listed at once. Undefined without a conference. */
  readonly send: ComputedRef<MessageList['send'] | undefined>;
  /** Sends a message that failed again. */
  readonly retry: ComputedRef<MessageList['retry'] | undefined>;
}

const noMessages: readonly ListedMessage[] = [];

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
  const messages = useStore(list, noMessages);
  return {
    messages,
    send: computed(() => list.value?.send),
    retry: computed(() => list.value?.retry),
  };
}
