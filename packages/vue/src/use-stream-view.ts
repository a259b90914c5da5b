import type { Conference, ParleyError, ViewedStream } from '@parley-rtc/sdk';
import { attachIfOpen, hasViewFailed, isBlocked, manageResource } from '@parley-rtc/sdk/bindings';
import {
  computed,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
} from 'vue';
import { useConferenceState } from './use-conference-state.ts';

/** A view of another participant's stream, for a media element. */
export interface StreamView {
  /** Set once the server has answered; media follows. */
  readonly view: Readonly<ShallowRef<ViewedStream | undefined>>;
  /** Why the stream cannot be viewed: viewing failed, or the view's connection did. Stays until `retry()`. */
  readonly error: Readonly<ShallowRef<ParleyError | undefined>>;
  /**
   * Whether the browser blocks playback until the user clicks. Keep the element in the page, and call
   * `conference.startPlayback()` from a click handler.
   */
  readonly isPlaybackBlocked: ComputedRef<boolean>;
  /** Views the stream again after an error. */
  readonly retry: () => void;
  /** The template ref of a `<video>` or `<audio>`. The element may change. */
  readonly element: ShallowRef<HTMLMediaElement | null>;
}

/**
 * Views a stream while the scope lives and plays it in `element`. Stops viewing when the conference or the stream
 * changes and when the scope is disposed. Without a conference or a stream, it views nothing.
 */
export function useStreamView(
  conference: MaybeRefOrGetter<Conference | undefined>,
  streamId: MaybeRefOrGetter<string | undefined>,
): StreamView {
  const view = shallowRef<ViewedStream>();
  const error = shallowRef<ParleyError>();
  const element = shallowRef<HTMLMediaElement | null>(null);
  const attempt = shallowRef(0);
  const blocked = useConferenceState(conference, (snapshot) => isBlocked(snapshot, toValue(streamId)));

  // `attempt` is not a source itself: with a shallow ref among the sources, Vue calls back although none has another value.
  watch(
    [() => toValue(conference), () => toValue(streamId), () => attempt.value] as const,
    ([present, id], _before, onCleanup) => {
      if (!present || id === undefined || typeof window === 'undefined') return;
      const release = manageResource({
        acquire: (signal) => present.viewStream(id, { signal }),
        release: (held) => void held.stop(),
        onAcquired: (held) => {
          view.value = held;
        },
        onFailed: (failure) => {
          error.value = failure;
        },
      });
      const stopListening = present.on('error', (problem) => {
        if (hasViewFailed(problem.error, id)) error.value = problem.error;
      });
      onCleanup(() => {
        release();
        stopListening();
        view.value = undefined;
        error.value = undefined;
      });
    },
    { immediate: true },
  );
  watch(
    [() => view.value, () => element.value] as const,
    ([held, target], _before, onCleanup) => {
      if (held && target) onCleanup(attachIfOpen(held, target));
    },
    { flush: 'post' },
  );
  return {
    view,
    error,
    isPlaybackBlocked: computed(() => blocked.value ?? false),
    retry: () => {
      attempt.value += 1;
    },
    element,
  };
}
