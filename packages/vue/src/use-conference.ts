import { Conference, type JoinOptions, type ParleyError } from '@parley-rtc/sdk';
import {
  computed,
  type ComputedRef,
  type MaybeRefOrGetter,
  type ShallowRef,
  shallowRef,
  toValue,
  watch,
} from 'vue';
import { type ConferenceStatus, hold, statusOf } from '@parley-rtc/sdk/bindings';
import { useConferenceState } from './use-conference-state.ts';

/** A stay in a conference, as a component sees it. */
export interface ConferenceStay {
  /** There once it is joined, and still after it was left or has ended. */
  readonly conference: Readonly<ShallowRef<Conference | undefined>>;
  readonly status: ComputedRef<ConferenceStatus>;
  /** Why joining failed. Problems while inside are announced by the conference, as `error`. */
  readonly error: Readonly<ShallowRef<ParleyError | undefined>>;
}

/**
 * Is in the conference that `options` name, for as long as the scope lives: joins, and leaves when the scope is
 * disposed or `server` or `conferenceId` change. The other options count at the moment of joining. Without options it
 * is in none; giving none and a tick later options again joins anew. Does nothing when rendered on a server.
 */
export function useConference(options: MaybeRefOrGetter<JoinOptions | undefined>): ConferenceStay {
  const conference = shallowRef<Conference>();
  const error = shallowRef<ParleyError>();

  watch(
    [() => toValue(options)?.server, () => toValue(options)?.conferenceId],
    (_now, _before, onCleanup) => {
      const wanted = toValue(options);
      if (!wanted || typeof window === 'undefined') return;
      const letGo = hold({
        acquire: (unwanted) => Conference.join({ ...wanted, signal: eitherOf(unwanted, wanted.signal) }),
        release: (held) => void held.leave(),
        onHeld: (held) => {
          conference.value = held;
        },
        onFailed: (failure) => {
          error.value = failure;
        },
      });
      onCleanup(() => {
        letGo();
        conference.value = undefined;
        error.value = undefined;
      });
    },
    { immediate: true },
  );

  const connection = useConferenceState(conference, (snapshot) => snapshot.connection);
  const status = computed((): ConferenceStatus => {
    if (!toValue(options)) return 'idle';
    if (error.value) return 'failed';
    return connection.value ? statusOf[connection.value] : 'joining';
  });
  return { conference, status, error };
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
