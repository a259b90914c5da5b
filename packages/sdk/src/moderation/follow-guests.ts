import type { Log, RtcApi } from '@parley-rtc/client';
import { readProfile, type WaitingEntry } from '@parley-rtc/contract';
import { mayHaveGuests } from '../conventions/admission.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import { sameJson } from '../state/unchanged.ts';
import { pause } from '../waiting/pause.ts';
import { refusedGuestsMs, shortestHoldMs } from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';
import type { WaitingGuest } from './moderation.ts';

export interface FollowGuestsOptions {
  readonly api: Pick<RtcApi, 'getWaiting'>;
  readonly own: { readonly conferenceId: string; readonly userEndpointId: string };
  readonly store: Pick<ConferenceStore, 'getSnapshot' | 'subscribe'>;
  /** Receives the list when it has changed. */
  readonly onGuests: (guests: readonly WaitingGuest[]) => void;
  readonly log: Log;
}

const nobody: readonly WaitingGuest[] = [];

/**
 * Asks the server who is waiting, while the waiting room is open and we may moderate, until the returned function is called. A
 * page with a closed waiting room holds no request open.
 */
export function followGuests(options: FollowGuestsOptions): () => void {
  const { store, onGuests } = options;
  let guests = nobody;
  let asking: AbortController | undefined;
  const set = (next: readonly WaitingGuest[]) => {
    if (sameJson(guests, next)) return;
    guests = next.map((guest) => guests.find((known) => sameJson(known, guest)) ?? guest);
    onGuests(guests);
  };
  const stop = () => {
    asking?.abort();
    asking = undefined;
    set(nobody);
  };
  const check = () => {
    const isWanted = mayHaveGuests(store.getSnapshot());
    if (!isWanted) return stop();
    if (asking) return;
    asking = new AbortController();
    void ask(options, set, asking.signal);
  };
  const unsubscribe = store.subscribe(check);
  check();
  return () => {
    unsubscribe();
    stop();
  };
}

async function ask(
  { api, own, log }: FollowGuestsOptions,
  set: (guests: readonly WaitingGuest[]) => void,
  signal: AbortSignal,
): Promise<void> {
  let revision: string | undefined;
  while (!signal.aborted) {
    const askedMs = Date.now();
    try {
      const { conferenceId, userEndpointId } = own;
      const query = { userEndpointId, ...(revision !== undefined && { revision }) };
      const list = await retry(() => api.getWaiting(conferenceId, query, { signal }), {
        signal,
        budgetMs: Infinity,
      });
      if (signal.aborted) return;
      set(list.waiting.map(guestFromWire));
      // A server that does not hold the request must not be asked in a loop.
      const isHeld = list.revision !== revision || Date.now() - askedMs >= shortestHoldMs;
      revision = list.revision;
      if (!isHeld) await pause(shortestHoldMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      // Our right or our endpoint is gone, and the event that says so is on its way.
      log('warn', 'cannot read who is waiting', {}, error);
      revision = undefined;
      await pause(refusedGuestsMs, signal);
    }
  }
}

function guestFromWire({ userEndpointId, userId, name, verified, waitingSince }: WaitingEntry): WaitingGuest {
  return { endpointId: userEndpointId, userId, name, verified: readProfile(verified), waitingSince };
}
