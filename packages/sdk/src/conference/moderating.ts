import { withBoundary, type Log, type ParleyError, type RtcApi } from '@parley-rtc/client';
import type { Announcer } from '../announcing/announcer.ts';
import { loadPart } from '../load-part.ts';
import type { Commands } from '../moderation/moderate.ts';
import type { Moderation, WaitingGuest, WaitingRoom } from '../moderation/moderation.ts';
import { sendInside, type Presence } from '../presence/send-inside.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import type { OwnIds } from './metadata-calls.ts';

export interface ModeratingOptions {
  readonly api: RtcApi;
  readonly own: OwnIds;
  readonly store: ConferenceStore;
  readonly presence: Presence;
  readonly announcer: () => Pick<Announcer, 'announce' | 'on'>;
  /** @throws NotJoinedError after leaving. */
  readonly assertJoined: () => void;
  readonly onProblem: (error: ParleyError) => void;
  readonly log: Log;
}

export interface Moderating {
  readonly moderation: Moderation;
  readonly waitingRoom: WaitingRoom;
  /** Loads what asks the server who is waiting. It starts when the returned function is called, and stops by what that returns. */
  readonly loadGuests: () => Promise<() => () => void>;
}

/** Creates what moderators use. Its code loads with the first command, or the first listener of the waiting room. */
export function moderating(options: ModeratingOptions): Moderating {
  const { presence, announcer, assertJoined, onProblem } = options;
  const run = async (name: keyof Commands, args: readonly unknown[]): Promise<unknown> => {
    assertJoined();
    const { moderate } = await loadPart('moderation', () => import('../moderation/moderate.ts'));
    const commands = moderate({ ...options, send: (wait, command) => sendInside(presence, wait, command) });
    return Reflect.apply(commands[name], undefined, args);
  };
  /** Methods that load the code first. */
  const onDemand = (names: string): unknown =>
    Object.fromEntries(
      names
        .split(' ')
        .map((name) => [name, (...args: readonly unknown[]) => run(name as keyof Commands, args)]),
    );
  let guests: readonly WaitingGuest[] = [];
  return {
    moderation: withBoundary(
      onDemand('remove mute setPermissions lock unlock openLobby closeLobby') as Moderation,
    ),
    waitingRoom: withBoundary({
      ...(onDemand('admit admitAll deny') as Pick<WaitingRoom, 'admit' | 'admitAll' | 'deny'>),
      getSnapshot: () => guests,
      subscribe: (listener) => announcer().on('waiting-room-changed', () => listener()),
    }),
    loadGuests: async () => {
      const part = loadPart('moderation', () => import('../moderation/follow-guests.ts'));
      part.catch(onProblem);
      const { followGuests } = await part;
      return () =>
        followGuests({
          ...options,
          onGuests: (next) => {
            guests = next;
            announcer().announce([['waiting-room-changed', { guests }]]);
          },
        });
    },
  };
}
