import { Conference, type JoinOptions, type ParleyError, type Waiting } from '@parley-rtc/sdk';
import { manageResource, statusOf, type ConferenceStatus } from '@parley-rtc/sdk/bindings';
import { useEffect, useRef, useState } from 'react';
import { useConferenceState } from './use-conference-state.ts';

/** The conference that a component is in, or is joining. */
export interface ConferenceStay {
  /** Set once joined, and kept after the user left or the conference ended. */
  readonly conference: Conference | undefined;
  readonly status: ConferenceStatus;
  /** Our place in the waiting room, with the host's message, while `status` is `waiting`. */
  readonly waiting: Waiting | undefined;
  /** Why joining failed. The conference reports later problems in its `error` event. */
  readonly error: ParleyError | undefined;
}

/** The result of joining, and the options that it belongs to. */
interface Outcome {
  readonly server: string;
  readonly conferenceId: string;
  readonly conference?: Conference;
  readonly waiting?: Waiting;
  readonly error?: ParleyError;
}

/**
 * Joins the conference that `options` name, and leaves it on unmount or when `server` or `conferenceId` change. The
 * other options are read when joining, so they need no memo. Without options, it joins none; to join again, for example
 * after a failure, render once without options.
 */
export function useConference(options: JoinOptions | undefined): ConferenceStay {
  const { server, conferenceId } = options ?? {};
  const latest = useRef(options);
  const [outcome, setOutcome] = useState<Outcome>();

  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (server === undefined || conferenceId === undefined || !latest.current) return;
    const joinOptions = latest.current;
    const release = manageResource({
      acquire: (signal) =>
        Conference.join({
          ...joinOptions,
          signal: eitherOf(signal, joinOptions.signal),
          onWaiting: (waiting) => {
            if (!signal.aborted) setOutcome({ server, conferenceId, waiting });
            return joinOptions.onWaiting?.(waiting);
          },
        }),
      release: (conference) => void conference.leave(),
      onAcquired: (conference) => setOutcome({ server, conferenceId, conference }),
      onFailed: (error) => setOutcome({ server, conferenceId, error }),
    });
    return () => {
      release();
      setOutcome(undefined);
    };
  }, [server, conferenceId]);

  // Right after the options change, the outcome still belongs to the previous ones.
  const present = outcome?.server === server && outcome?.conferenceId === conferenceId ? outcome : undefined;
  const { conference, error, waiting } = present ?? {};
  const connection = useConferenceState(conference, (snapshot) => snapshot.connection);
  if (!options) return { conference: undefined, status: 'idle', waiting: undefined, error: undefined };
  if (error) return { conference, status: 'failed', waiting, error };
  const joining = waiting ? 'waiting' : 'joining';
  return { conference, status: connection ? statusOf[connection] : joining, waiting, error };
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
