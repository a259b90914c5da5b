import { useConference, useConferenceEvent } from '@parley-rtc/react';
import * as sdk from '@parley-rtc/sdk';
import { useEffect, useState, type ReactNode } from 'react';
import { getJoinOptions } from '../shared/get-join-options.ts';
import { messageOf } from '../shared/message-of.ts';
import { whyOver } from '../shared/why-over.ts';
import { CallEnded } from './call-ended.tsx';
import { CallRoom } from './call-room.tsx';
import { Lobby } from './lobby.tsx';
import { page } from './page.ts';

/** Created each time the user tries to join. */
interface JoinAttempt {
  readonly name: string;
}

/** The result of getting the join options for an attempt. */
interface Outcome {
  readonly attempt: JoinAttempt;
  readonly joinOptions?: sdk.JoinOptions;
  readonly problem?: string;
}

/** The page: the lobby, the call, and the screen after the call. */
export function App(): ReactNode {
  const [attempt, setAttempt] = useState<JoinAttempt | undefined>(page.autoJoin ? page : undefined);
  const [outcome, setOutcome] = useState<Outcome>();
  const present = outcome?.attempt === attempt ? outcome : undefined;
  const { conference, status, error } = useConference(present?.joinOptions);
  const [lastProblem, setLastProblem] = useState<sdk.ParleyError>();
  useConferenceEvent(conference, 'error', (problem) => setLastProblem(problem.error));

  useEffect(() => {
    if (!attempt) return;
    const superseded = new AbortController();
    const settle = (outcome: Outcome) => {
      // StrictMode mounts twice, and the page would continue with the token of somebody else than it joined as.
      if (!superseded.signal.aborted) setOutcome(outcome);
    };
    getJoinOptions(sdk, page.room, attempt.name).then(
      (joinOptions) => settle({ attempt, joinOptions }),
      (failure: unknown) => settle({ attempt, problem: messageOf(failure) }),
    );
    return () => superseded.abort();
  }, [attempt]);

  if (conference && status === 'joined') {
    return (
      <main className="call" data-phase="call">
        <CallRoom conference={conference} />
      </main>
    );
  }
  if (status === 'left' || status === 'ended' || status === 'removed') {
    return (
      <main className="call" data-phase="ended">
        <CallEnded
          reason={whyOver(status, lastProblem)}
          onRejoin={() => {
            setLastProblem(undefined);
            setAttempt({ name: attempt?.name ?? '' });
          }}
        />
      </main>
    );
  }
  return (
    <main className="call" data-phase="lobby">
      <Lobby
        name={attempt?.name ?? page.name}
        isBusy={(attempt !== undefined && !present) || status === 'joining' || status === 'waiting'}
        problem={present?.problem ?? (error ? messageOf(error) : '')}
        onJoin={(name) => setAttempt({ name })}
      />
    </main>
  );
}
