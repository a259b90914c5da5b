import type { Conference } from '@parley-rtc/sdk';
import {
  createPublication,
  nothingPublished,
  type PublicationActions,
  type PublicationOptions,
  type PublicationSnapshot,
} from '@parley-rtc/sdk/bindings';
import { computed, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import { useStore } from './use-store.ts';

/** One's own camera, microphone or screen, and its changes. Without a conference, the changes do nothing. */
export interface Publication extends PublicationActions {
  readonly state: ComputedRef<PublicationSnapshot['state']>;
  readonly audio: ComputedRef<PublicationSnapshot['audio']>;
  readonly video: ComputedRef<PublicationSnapshot['video']>;
  /** Whether a change is in progress, which may wait for the user's permission. */
  readonly isBusy: ComputedRef<boolean>;
  /** What is published, for example to show its `mediaStream` to the user; undefined unless something is. */
  readonly stream: ComputedRef<PublicationSnapshot['stream']>;
  /** The devices that `allowMissing` did without, with the error of each; empty if nothing is missing. */
  readonly missing: ComputedRef<PublicationSnapshot['missing']>;
  /** Why the last change failed, or which problem the publication has had since. Undefined again with the next change. */
  readonly error: ComputedRef<PublicationSnapshot['error']>;
}

/**
 * One's own camera, microphone or screen. Publishes nothing before `toggle` or `publish`, unless `autoPublish` is set, and
 * ends the publication when the scope is disposed and when the conference changes, also while it is starting. The options are
 * read each time something is published.
 */
export function usePublication(
  conference: MaybeRefOrGetter<Conference | undefined>,
  options: MaybeRefOrGetter<PublicationOptions>,
): Publication {
  const store = computed(() => {
    const present = toValue(conference);
    return present && createPublication(present);
  });
  const snapshot = useStore(store, nothingPublished);
  watch(
    store,
    (present, _before, onCleanup) => {
      if (present && typeof window !== 'undefined') onCleanup(present.connect(() => toValue(options)));
    },
    { immediate: true },
  );
  return {
    state: computed(() => snapshot.value.state),
    audio: computed(() => snapshot.value.audio),
    video: computed(() => snapshot.value.video),
    isBusy: computed(() => snapshot.value.isBusy),
    stream: computed(() => snapshot.value.stream),
    missing: computed(() => snapshot.value.missing),
    error: computed(() => snapshot.value.error),
    publish: async (instead) => store.value?.publish(instead),
    stop: async () => store.value?.stop(),
    toggle: async (kind) => store.value?.toggle(kind),
    mute: async (kind) => store.value?.mute(kind),
    unmute: async (kind) => store.value?.unmute(kind),
  };
}
