import type { ConferenceSnapshot } from '../state/conference-store.ts';
import { selectRemoteParticipants, selectRemoteStreams } from '../state/selectors.ts';
import type { AlreadyThere } from './announcer.ts';
import type { JoinTiming } from './join-timing.ts';

/** Lists what listeners added after joining have missed. */
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
