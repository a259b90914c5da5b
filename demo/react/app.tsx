import { useConference } from '@parley-rtc/react';
import * as sdk from '@parley-rtc/sdk';
import { type ReactNode, useEffect, useState } from 'react';
import { type Entry, getIn } from '../shared/get-in.ts';
import { messageOf } from '../shared/message-of.ts';
import { CallRoom } from './call-room.tsx';
import { Lobby } from './lobby.tsx';
import { Over } from './over.tsx';
import { page } from './page.ts';

/** A new one for each time that the user wants to be let in. */
interface Visit {
  readonly name: string;
}

/** How getting in went. */
interface Outcome {
  readonly visit: Visit;
  readonly entry?: Entry;
  readonly problem?: string;
}

/** The page: a lobby, then the call, then the way back. */
export function App(): ReactNode {
  const [visit, setVisit] = useState<Visit | undefined>(page.isHasty ? page : undefined);
  const [outcome, setOutcome] = useState<Outcome>();
  const present = outcome?.visit === visit ? outcome : undefined;
  const { conference, status, error } = useConference(present?.entry);

  useEffect(() => {
    if (!visit) return;
    getIn(sdk, page.room, visit.name).then(
      (entry) => setOutcome({ visit, entry }),
      (failure: unknown) => setOutcome({ visit, problem: messageOf(failure) }),
    );
  }, [visit]);

  if (present?.entry && conference && status === 'joined') {
    return (
      <main className="call" data-phase="call">
        <CallRoom conference={conference} entry={present.entry} />
      </main>
    );
  }
  if (status === 'left' || status === 'ended') {
    return (
      <main className="call" data-phase="over">
        <Over status={status} onRejoin={() => setVisit({ name: visit?.name ?? '' })} />
      </main>
    );
  }
  return (
    <main className="call" data-phase="lobby">
      <Lobby
        name={visit?.name ?? page.name}
        isBusy={(visit !== undefined && !present) || status === 'joining'}
        problem={present?.problem ?? (error ? messageOf(error) : '')}
        onJoin={(name) => setVisit({ name })}
      />
    </main>
  );
}
