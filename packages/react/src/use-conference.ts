import { Conference, type JoinOptions, type ParleyError } from '@parley-rtc/sdk';
import { useEffect, useRef, useState } from 'react';
import { type ConferenceStatus, hold, statusOf } from '@parley-rtc/sdk/bindings';
import { useConferenceState } from './use-conference-state.ts';

/** A stay in a conference, as a component sees it. */
export interface ConferenceStay {
  /** There once it is joined, and still after it was left or has ended. */
  readonly conference: Conference | undefined;
  readonly status: ConferenceStatus;
  /** Why joining failed. Problems while inside are announced by the conference, as `error`. */
  readonly error: ParleyError | undefined;
}

/** How joining went, and for which options. */
interface Outcome {
  readonly server: string;
  readonly conferenceId: string;
  readonly conference?: Conference;
  readonly error?: ParleyError;
}

/**
 * Is in the conference that `options` name, for as long as the component is mounted: joins, and leaves on unmount or
 * when `server` or `conferenceId` change. The other options count at the moment of joining, so they need no memo.
 * Without options it is in none; passing none for one render and then options again joins anew.
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
    const wanted = latest.current;
    const letGo = hold({
      acquire: (unwanted) => Conference.join({ ...wanted, signal: eitherOf(unwanted, wanted.signal) }),
      release: (conference) => void conference.leave(),
      onHeld: (conference) => setOutcome({ server, conferenceId, conference }),
      onFailed: (error) => setOutcome({ server, conferenceId, error }),
    });
    return () => {
      letGo();
      setOutcome(undefined);
    };
  }, [server, conferenceId]);

  // Right after a change of options the outcome is still that of those before.
  const present = outcome?.server === server && outcome?.conferenceId === conferenceId ? outcome : undefined;
  const { conference, error } = present ?? {};
  const connection = useConferenceState(conference, (snapshot) => snapshot.connection);
  if (!options) return { conference: undefined, status: 'idle', error: undefined };
  if (error) return { conference, status: 'failed', error };
  return { conference, status: connection ? statusOf[connection] : 'joining', error };
}

function eitherOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
