import { withDeadline, type CallApi, type CallOptions } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';
import { sendInside, type Presence } from '../presence/send-inside.ts';
import { latestPerKey } from '../waiting/latest-per-key.ts';

/** The conference and endpoint ids that every call needs. */
export interface OwnIds {
  readonly conferenceId: string;
  readonly userEndpointId: string;
}

export interface MetadataCalls {
  /** Sets an entry of the conference's metadata, or removes it when `value` is undefined. */
  change(key: string, value: string | undefined, options?: CallOptions): Promise<void>;
  /** Replaces our own metadata as a whole. */
  describeSelf(metadata: JsonObject, options?: CallOptions): Promise<void>;
}

/** What one call wants to set, and how it wants to be sent. */
interface Update<Value> {
  readonly value: Value;
  readonly options: CallOptions | undefined;
}

/** How long a call waits for us to rejoin, in milliseconds, unless it says otherwise. */
const rejoinTimeoutMs = 10_000;

/**
 * Creates the metadata calls for one endpoint in one conference. They wait while we are rejoining, because the server would
 * refuse them. Sends one update of an entry at a time and then the newest: an older request that is retried, or stuck in a
 * proxy, never overwrites a newer one.
 */
export function metadataCalls(api: CallApi, own: OwnIds, presence: Presence): MetadataCalls {
  const send = (operation: string, options: CallOptions = {}, update: () => Promise<void>) => {
    const { signal, timeoutMs = rejoinTimeoutMs } = options;
    return sendInside(presence, { operation, signal, timeoutMs }, update);
  };
  const setEntry = newestWanted<string | undefined>((key, { value, options }) =>
    send('updateMetadata', options, () =>
      api.updateMetadata(
        value === undefined ? { ...own, key, operation: 'REMOVE' } : { ...own, key, operation: 'SET', value },
        options,
      ),
    ),
  );
  const setSelf = newestWanted<JsonObject>((_key, { value, options }) =>
    send('updateParticipantMetadata', options, () =>
      api.updateParticipantMetadata({ ...own, newMetadata: value }, options),
    ),
  );
  return {
    change: (key, value, options) =>
      abortable('updateMetadata', options, () => setEntry(key, { value, options })),
    describeSelf: (value, options) =>
      abortable('updateParticipantMetadata', options, () => setSelf('', { value, options })),
  };
}

/** A signal ends its own call immediately, also while that waits for an earlier one. */
function abortable(
  operation: string,
  options: CallOptions | undefined,
  update: () => Promise<void>,
): Promise<void> {
  return withDeadline({ operation, signals: [options?.signal] }, update);
}

/**
 * Sends one update of a key at a time, and then the newest that nobody aborted. The caller who aborted knows by now; earlier
 * callers, who share the outcome, must not receive that abort.
 */
function newestWanted<Value>(
  send: (key: string, update: Update<Value>) => Promise<void>,
): (key: string, update: Update<Value>) => Promise<void> {
  const waiting = new Map<string, readonly Update<Value>[]>();
  const flush = latestPerKey<void>(async (key) => {
    const updates = waiting.get(key) ?? [];
    waiting.delete(key);
    for (const update of updates.toReversed()) {
      const isAborted = () => update.options?.signal?.aborted === true;
      if (isAborted()) continue;
      try {
        return await send(key, update);
      } catch (error) {
        if (!isAborted()) throw error;
      }
    }
  });
  return (key, update) => {
    // Only an update with a signal can still give way to an older one.
    const older = update.options?.signal ? (waiting.get(key) ?? []) : [];
    waiting.set(key, [...older, update]);
    return flush(key);
  };
}
