import type {
  Conference,
  JsonObject,
  ParleyError,
  Participant,
  PublishOptions,
  Waiting,
} from '@parley-rtc/sdk';
import type { Place } from './enter.ts';
import { createStore, type Store } from './store.ts';
import type { VisitOptions } from './visit-options.ts';

/** How a visit went. `lost`: the server let us go after a long silence. `denied`: nobody let us in. */
export type VisitEnding = 'left' | 'ended' | 'removed' | 'lost' | 'denied';

export interface VisitState {
  readonly phase: 'before' | 'joining' | 'waiting' | 'inside' | 'over';
  /** Set from `inside` on. */
  readonly conference: Conference | undefined;
  /** Our place in the waiting room, with the host's message. */
  readonly waiting: Waiting | undefined;
  /** Why joining failed; `phase` is `before` again. */
  readonly error: ParleyError | undefined;
  /** Set once it is over. */
  readonly ending: VisitEnding | undefined;
  /** Who is inside, as far as `look` knows; undefined if we may not know. */
  readonly inside: readonly Participant[] | undefined;
  /** What the host said when removing us or denying entry. */
  readonly reason: string | undefined;
}

/** What a user wants to bring along. */
export interface Luggage {
  readonly metadata?: JsonObject;
  /** What to publish at once. */
  readonly publish?: PublishOptions | undefined;
}

/** A visit to a conference, from before joining to after the end. */
export interface VisitStore extends Store<VisitState> {
  /** Fetches what joining needs, so that it takes less time. Never rejects. */
  readonly prepare: () => Promise<void>;
  /**
   * Looks who is inside, and whether we may join at all, until the returned function is called or we join. What is wrong for
   * good becomes `error`.
   */
  readonly look: () => () => void;
  /** Joins, or joins again. Never rejects: the state has the error. Does nothing while joining or inside. */
  readonly join: (luggage: Luggage) => Promise<void>;
  /** Stops joining or waiting. */
  readonly cancel: () => void;
  /** Goes back to the beginning once it is over. */
  readonly reset: () => void;
  /** Leaves, or stops joining. */
  readonly close: () => void;
}

const before: VisitState = {
  phase: 'before',
  conference: undefined,
  waiting: undefined,
  error: undefined,
  ending: undefined,
  inside: undefined,
  reason: undefined,
};
const lookEveryMs = 10_000;
const deniedCodes: ReadonlySet<string> = new Set(['ERR_ENTRY_DENIED', 'ERR_ENTRY_EXPIRED']);

/** Creates a visit; nothing happens before `join`. `readOptions` is called for each attempt. */
export function createVisit(readOptions: () => VisitOptions): VisitStore {
  const store = createStore<VisitState>(before);
  let attempt: AbortController | undefined;
  /** Where we may go, once asked, and for which options. */
  let place: { readonly key: string; readonly found: Promise<Place> } | undefined;

  /** Redeems a ticket once, for looking and for joining. */
  const findPlace = async (signal: AbortSignal): Promise<Place> => {
    const { placeOf } = await import('./enter.ts');
    const options = readOptions();
    const { server, ticket, conferenceId } = options;
    const key = JSON.stringify([server, String(ticket), conferenceId]);
    if (place?.key !== key) place = { key, found: placeOf(options, signal) };
    const mine = place;
    try {
      return await mine.found;
    } catch (error) {
      if (place === mine) place = undefined;
      throw error;
    }
  };
  const lookOnce = async (signal: AbortSignal): Promise<void> => {
    try {
      const { lookInside } = await import('./enter.ts');
      const inside = await lookInside(readOptions(), await findPlace(signal), signal);
      if (!signal.aborted && store.getSnapshot().phase === 'before') store.set({ inside });
    } catch (cause) {
      const error = cause as ParleyError;
      if (signal.aborted || store.getSnapshot().phase !== 'before') return;
      // Those who wait to be admitted may not know who is inside, which is no problem.
      const isLasting = !error.retryable && error.code !== 'ERR_FORBIDDEN';
      store.set({ inside: undefined, ...(isLasting && { error }) });
    }
  };

  const follow = (conference: Conference): void => {
    let isLost = false;
    conference.on('error', ({ error }) => {
      isLost ||= error.code === 'ERR_ENDPOINT_LOST';
    });
    const stop = conference.state.subscribe(() => {
      const { connection, removal } = conference.state.getSnapshot();
      if (connection === 'connected' || connection === 'reconnecting') return;
      stop();
      if (store.getSnapshot().conference !== conference) return;
      const ending = connection === 'left' && isLost ? 'lost' : connection;
      store.set({ phase: 'over', ending, reason: removal?.reason });
    });
  };
  const fail = (error: ParleyError): void => {
    if (deniedCodes.has(error.code)) store.set({ ...before, phase: 'over', ending: 'denied', error });
    else store.set({ ...before, error });
  };
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    prepare: async () => {
      // Joining says what is wrong.
      await import('./enter.ts').then(({ prepare }) => prepare(readOptions())).catch(() => undefined);
    },
    look: () => {
      const end = new AbortController();
      const look = (): void => void (store.getSnapshot().phase === 'before' && lookOnce(end.signal));
      look();
      const timer = setInterval(look, lookEveryMs);
      return () => {
        clearInterval(timer);
        end.abort();
      };
    },
    join: async ({ metadata, publish }) => {
      const { phase } = store.getSnapshot();
      if (phase !== 'before' && phase !== 'over') return;
      store.set({ ...before, phase: 'joining' });
      const own = new AbortController();
      attempt = own;
      const { signal } = own;
      try {
        const { enter } = await import('./enter.ts');
        const conference = await enter(readOptions(), await findPlace(signal), {
          ...(metadata && { metadata }),
          ...(publish && { publish }),
          signal,
          onWaiting: (waiting) => {
            if (!signal.aborted) store.set({ phase: 'waiting', waiting });
          },
        });
        if (signal.aborted) return void conference.leave();
        store.set({ ...before, phase: 'inside', conference });
        follow(conference);
      } catch (error) {
        if (!signal.aborted) fail(error as ParleyError);
      }
    },
    cancel: () => {
      const { phase } = store.getSnapshot();
      if (phase !== 'joining' && phase !== 'waiting') return;
      attempt?.abort();
      store.set(before);
    },
    reset: () => {
      if (store.getSnapshot().phase === 'over') store.set(before);
    },
    close: () => {
      attempt?.abort();
      const { conference } = store.getSnapshot();
      store.set(before);
      void conference?.leave();
    },
  };
}
