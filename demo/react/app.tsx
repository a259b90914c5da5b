import { useConference } from '@parley-rtc/react';
import type { JoinOptions } from '@parley-rtc/sdk';
import { type ReactNode, useEffect, useState } from 'react';
import { getIn } from '../shared/get-in.ts';
import { messageOf } from '../shared/message-of.ts';
import { readAddress, type Wishes } from '../shared/wishes.ts';
import { Call } from './call.tsx';
import { Lobby } from './lobby.tsx';
import { Over } from './over.tsx';

/** How getting in went for one wish to be in the call. */
interface Outcome {
  readonly wishes: Wishes;
  readonly options?: JoinOptions;
  readonly problem?: string;
}

/** The page: a lobby, then the call, then the way back. */
export function App(): ReactNode {
  const [{ room, wishes: firstWishes, isHasty }] = useState(readAddress);
  /** A new object for each time that the user wants to be let in. */
  const [wishes, setWishes] = useState(isHasty ? firstWishes : undefined);
  const [outcome, setOutcome] = useState<Outcome>();
  const present = outcome?.wishes === wishes ? outcome : undefined;
  const { conference, status, error } = useConference(present?.options);

  useEffect(() => {
    if (!wishes) return;
    getIn(room, wishes.name).then(
      (options) => setOutcome({ wishes, options }),
      (failure: unknown) => setOutcome({ wishes, problem: messageOf(failure) }),
    );
  }, [room, wishes]);

  if (wishes && conference && status === 'joined') {
    return (
      <main className="call" data-phase="call">
        <Call conference={conference} room={room} wishes={wishes} />
      </main>
    );
  }
  if (status === 'left' || status === 'ended') {
    return (
      <main className="call" data-phase="over">
        <Over status={status} room={room} onRejoin={() => setWishes({ ...firstWishes, ...wishes })} />
      </main>
    );
  }
  return (
    <main className="call" data-phase="lobby">
      <Lobby
        room={room}
        wishes={wishes ?? firstWishes}
        isBusy={(wishes !== undefined && !present) || status === 'joining'}
        problem={present?.problem ?? (error ? messageOf(error) : '')}
        onJoin={setWishes}
      />
    </main>
  );
}
