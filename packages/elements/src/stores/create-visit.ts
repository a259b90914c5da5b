import type {
  Conference,
  JsonObject,
  ParleyError,
  Participant,
  PublishOptions,
  Waiting,
} from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';
import type { Place } from './enter.ts';
import type { VisitOptions } from './visit-options.ts';

/**
 * How a visit went. `lost`: the server dropped us after a long silence. `denied`: nobody let us in. `expired`: the ticket is
 * unknown, used or expired. `gone`: there is no such call, or it was over before.
 */
export type VisitEnding = 'left' | 'ended' | 'removed' | 'lost' | 'denied' | 'expired' | 'gone';

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
  /** Goes back to the beginning once it is over or joining has failed, and looks again. */
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
/** Errors after which nothing can be tried from the lobby. */
const endingOfError: Readonly<Record<string, VisitEnding>> = {
  ERR_ENTRY_DENIED: 'denied',
  ERR_ENTRY_EXPIRED: 'denied',
  ERR_NOT_FOUND: 'gone',
  ERR_REMOVED: 'removed',
};
/** Errors of joining that are over once the server answers. */
const unreachableCodes: ReadonlySet<string> = new Set([
  'ERR_CONNECTION',
  'ERR_TIMEOUT',
  'ERR_SERVER',
  'ERR_FOREIGN_ANSWER',
  'ERR_TOO_MANY_REQUESTS',
  'ERR_TOKEN',
]);

/** Creates a visit; nothing happens before `join`. `readOptions` is called for each attempt. */
export function createVisit(readOptions: () => VisitOptions): VisitStore {
  const store = createStore<VisitState>(before);
  let attempt: AbortController | undefined;
  let lookNow: (() => void) | undefined;
  /** Where we may go, once asked, and for which options. */
  let place: { readonly key: string; readonly found: Promise<Place> } | undefined;

  /** Redeems a ticket once, for looking and for joining. */
  const findPlace = async (signal: AbortSignal): Promise<Place> => {
    const { placeOf } = await import('./enter.ts');
    const options = readOptions();
    const { server, ticket, token, conferenceId } = options;
    const key = JSON.stringify([server, String(ticket), String(token), conferenceId]);
    if (place?.key !== key) place = { key, found: placeOf(options, signal) };
    const mine = place;
    try {
      return await mine.found;
    } catch (error) {
      if (place === mine) place = undefined;
      throw error;
    }
  };
  /** Has the next attempt ask for another ticket, or log in again if the server no longer accepts the login. */
  const forgetTicket = (error?: ParleyError): void => {
    const isLoggedOut = error?.code === 'ERR_UNAUTHORIZED' || error?.code === 'ERR_TOKEN';
    if (isLoggedOut || typeof readOptions().ticket === 'function') place = undefined;
  };
  const lookOnce = async (signal: AbortSignal): Promise<void> => {
    try {
      const { lookInside } = await import('./enter.ts');
      const inside = await lookInside(readOptions(), await findPlace(signal), signal);
      if (signal.aborted || store.getSnapshot().phase !== 'before') return;
      if (inside === 'ended') store.set({ ...before, phase: 'over', ending: 'gone' });
      else store.set({ inside, error: stillTrue(store.getSnapshot().error) });
    } catch (cause) {
      const error = cause as ParleyError;
      if (signal.aborted || store.getSnapshot().phase !== 'before') return;
      // Those who wait to be admitted may not know who is inside, which is no problem.
      const isLasting = !error.retryable && error.code !== 'ERR_FORBIDDEN';
      if (isLasting) fail(error);
      else store.set({ inside: undefined });
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
      forgetTicket();
      const ending = connection === 'left' && isLost ? 'lost' : connection;
      store.set({ phase: 'over', ending, reason: removal?.reason });
    });
  };
  const fail = (error: ParleyError): void => {
    forgetTicket(error);
    const ending = isTicketRefused(error) ? 'expired' : endingOfError[error.code];
    store.set({ ...before, error, ...(ending && { phase: 'over', ending }) });
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
      const look = (): void => {
        const { phase, error } = store.getSnapshot();
        const { ticket, token } = readOptions();
        // Many pages show the element first and fetch the ticket after that.
        if (ticket === undefined && token === undefined) return;
        // What has failed for good is tried again only when the user asks for it.
        if (phase === 'before' && (!error || error.retryable)) void lookOnce(end.signal);
      };
      lookNow = look;
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
      const { phase, error } = store.getSnapshot();
      if (phase !== 'before' && phase !== 'over') return;
      if (phase === 'over' || error) store.set(before);
      lookNow?.();
    },
    close: () => {
      attempt?.abort();
      const { conference } = store.getSnapshot();
      store.set(before);
      void conference?.leave();
    },
  };
}

/** The error of joining, unless the server's answer shows that it is over. */
function stillTrue(error: ParleyError | undefined): ParleyError | undefined {
  return error && unreachableCodes.has(error.code) ? undefined : error;
}

/** Whether the server refused the ticket itself, now or when the login was renewed. */
function isTicketRefused(error: ParleyError): boolean {
  const refusals: readonly unknown[] = [error, error.cause];
  return refusals.some(
    (one) => (Object(one) as { readonly serverError?: unknown }).serverError === 'invalid_grant',
  );
}
