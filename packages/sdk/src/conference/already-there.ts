import type { AlreadyThere } from './announcer.ts';
import type { ConferenceSnapshot } from './conference-store.ts';
import type { JoinTiming } from './join-timing.ts';
import { selectRemoteParticipants, selectRemoteStreams } from './selectors.ts';

/** What listeners have missed that come after we have joined. */
export function alreadyThere(getSnapshot: () => ConferenceSnapshot, timing: JoinTiming): AlreadyThere {
  return {
    'participant-joined': {
      list: () => selectRemoteParticipants(getSnapshot()).map((participant) => ({ participant })),
      idOf: ({ participant }) => participant.id,
    },
    'stream-published': {
      list: () => selectRemoteStreams(getSnapshot()).map((stream) => ({ stream })),
      idOf: ({ stream }) => stream.id,
    },
    'join-timed': { list: () => [timing], idOf: () => '' },
  };
}
