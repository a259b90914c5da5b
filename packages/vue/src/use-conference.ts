import { Conference, type JoinOptions, type ParleyError, type Waiting } from '@parley-rtc/sdk';
import { manageResource, statusOf, type ConferenceStatus } from '@parley-rtc/sdk/bindings';
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

/** The conference that a component is in, or is joining. */
export interface ConferenceStay {
  /** Set once joined, and kept after the user left or the conference ended. */
  readonly conference: Readonly<ShallowRef<Conference | undefined>>;
  readonly status: ComputedRef<ConferenceStatus>;
  /** Our place in the waiting room, with the host's message, while `status` is `waiting`. */
  readonly waiting: Readonly<ShallowRef<Waiting | undefined>>;
  /** Why joining failed. The conference reports later problems in its `error` event. */
  readonly error: Readonly<ShallowRef<ParleyError | undefined>>;
}

/**
 * Joins the conference that `options` name, and leaves it when the scope is disposed or `server` or `conferenceId`
 * change. The other options are read when joining. Without options, it joins none; to join again, for example after a
 * failure, pass none for one tick. Does nothing during server-side rendering.
 */
export function useConference(options: MaybeRefOrGetter<JoinOptions | undefined>): ConferenceStay {
  const conference = shallowRef<Conference>();
  const error = shallowRef<ParleyError>();
  const waiting = shallowRef<Waiting>();

  watch(
    [() => toValue(options)?.server, () => toValue(options)?.conferenceId],
    (_now, _before, onCleanup) => {
      const joinOptions = toValue(options);
      if (!joinOptions || typeof window === 'undefined') return;
      const release = manageResource({
        acquire: (signal) =>
          Conference.join({
            ...joinOptions,
            signal: eitherOf(signal, joinOptions.signal),
            onWaiting: (place) => {
              if (!signal.aborted) waiting.value = place;
              return joinOptions.onWaiting?.(place);
            },
          }),
        release: (held) => void held.leave(),
        onAcquired: (held) => {
          waiting.value = undefined;
          conference.value = held;
        },
        onFailed: (failure) => {
          waiting.value = undefined;
          error.value = failure;
        },
      });
      onCleanup(() => {
        release();
        conference.value = undefined;
        waiting.value = undefined;
        error.value = undefined;
      });
    },
    { immediate: true },
  );

  const connection = useConferenceState(conference, (snapshot) => snapshot.connection);
  const status = computed((): ConferenceStatus => {
    if (!toValue(options)) return 'idle';
    if (error.value) return 'failed';
    if (connection.value) return statusOf[connection.value];
    return waiting.value ? 'waiting' : 'joining';
  });
  return { conference, status, waiting, error };
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
