import type { Conference, ParleyError, ViewedStream } from '@parley-rtc/sdk';
import { type MaybeRefOrGetter, type ShallowRef, shallowRef, toValue, watch } from 'vue';
import { attachIfOpen, hold, isAboutView } from '@parley-rtc/sdk/bindings';

/** A stream of somebody else on its way to a media element. */
export interface StreamView {
  /** There once the server has answered; media follows. */
  readonly view: Readonly<ShallowRef<ViewedStream | undefined>>;
  /**
   * What went wrong with this view: it could not be had, its connection failed, or the browser wants a click before it
   * plays (`PlaybackBlockedError`, with the element).
   */
  readonly error: Readonly<ShallowRef<ParleyError | undefined>>;
  /** The template ref of a `<video>` or `<audio>`; which element it is may change. */
  readonly element: ShallowRef<HTMLMediaElement | null>;
}

/**
 * Receives a stream for as long as the scope lives and shows it in `element`. Stops when the conference or the stream
 * changes and when the scope is disposed. Without a conference or a stream it receives nothing.
 */
export function useStreamView(
  conference: MaybeRefOrGetter<Conference | undefined>,
  streamId: MaybeRefOrGetter<string | undefined>,
): StreamView {
  const view = shallowRef<ViewedStream>();
  const error = shallowRef<ParleyError>();
  const element = shallowRef<HTMLMediaElement | null>(null);

  watch(
    [() => toValue(conference), () => toValue(streamId)] as const,
    ([present, id], _before, onCleanup) => {
      if (!present || id === undefined || typeof window === 'undefined') return;
      const letGo = hold({
        acquire: (signal) => present.viewStream(id, { signal }),
        release: (held) => void held.stop(),
        onHeld: (held) => {
          view.value = held;
        },
        onFailed: (failure) => {
          error.value = failure;
        },
      });
      const stopListening = present.on('error', (problem) => {
        if (isAboutView(problem.error, id, element.value)) error.value = problem.error;
      });
      onCleanup(() => {
        letGo();
        stopListening();
        view.value = undefined;
        error.value = undefined;
      });
    },
    { immediate: true },
  );
  watch(
    [view, element] as const,
    ([held, target], _before, onCleanup) => {
      if (held && target) onCleanup(attachIfOpen(held, target));
    },
    { flush: 'post' },
  );
  return { view, error, element };
}
