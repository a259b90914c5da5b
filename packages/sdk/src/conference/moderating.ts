import { withBoundary, type CallApi, type Log, type ParleyError } from '@parley-rtc/client';
import type { Announcer } from '../announcing/announcer.ts';
import { mayHaveGuests } from '../conventions/admission.ts';
import { loadPart } from '../load-part.ts';
import type { Commands } from '../moderation/moderate.ts';
import type { Moderation, WaitingGuest, WaitingRoom } from '../moderation/moderation.ts';
import { sendInside, type Presence } from '../presence/send-inside.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import { untilState } from '../state/until-state.ts';
import { keepLoading } from '../waiting/lazily.ts';
import type { OwnIds } from './metadata-calls.ts';

export interface ModeratingOptions {
  readonly api: CallApi;
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
  /**
   * Loads the code that follows the list of waiting guests, once we may moderate a waiting room. Call the returned function to start
   * following, and what that returns to stop.
   */
  readonly loadGuests: (signal: AbortSignal) => Promise<() => () => void>;
}

/** Creates what moderators use. Its code loads with the first command, or the first listener of the waiting room. */
export function moderating(options: ModeratingOptions): Moderating {
  const { store, presence, announcer, assertJoined, onProblem } = options;
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
    loadGuests: async (signal) => {
      await untilState(store, () => mayHaveGuests(store.getSnapshot()), signal);
      signal.throwIfAborted();
      const { followGuests } = await keepLoading(
        () => loadPart('moderation', () => import('../moderation/follow-guests.ts')),
        signal,
        onProblem,
      );
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
