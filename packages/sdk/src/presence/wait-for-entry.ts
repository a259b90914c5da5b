import { NotFoundError, type Log, type RtcApi } from '@parley-rtc/client';
import type { EntryAnswer } from '@parley-rtc/contract';
import { EntryDeniedError, EntryExpiredError } from '../errors/moderation-errors.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { callListener } from '../waiting/call-listener.ts';
import { pause } from '../waiting/pause.ts';
import { shortestHoldMs } from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';

/** Our place in the waiting room. */
export interface Waiting {
  /** What the host says to those who wait; undefined if nothing. */
  readonly message: string | undefined;
  /** When our wait began: ISO 8601 in UTC. Later than our call if our place was lost, for example while we were offline. */
  readonly waitingSince: string;
  /** When it ends if nobody decides: ISO 8601 in UTC; undefined if the server does not say. */
  readonly expiresAt: string | undefined;
}

export interface WaitForEntryOptions {
  readonly api: Pick<RtcApi, 'requestEntry'>;
  readonly conferenceId: string;
  readonly endpoint: UserEndpoint;
  /** The name for the host. */
  readonly name: string | undefined;
  readonly register: (preferredId: string, signal: AbortSignal) => Promise<UserEndpoint>;
  /** Called when the wait begins, and after each change. */
  readonly onWaiting: ((waiting: Waiting) => unknown) | undefined;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Waits until a moderator admits us. Goes on after a lost network, and registers the endpoint again if the server has dropped
 * it or restarted. Resolves to the endpoint that may join.
 *
 * @throws EntryDeniedError (`ERR_ENTRY_DENIED`), EntryExpiredError (`ERR_ENTRY_EXPIRED`).
 */
export async function waitForEntry(options: WaitForEntryOptions): Promise<UserEndpoint> {
  const { api, conferenceId, name, register, log, signal } = options;
  let { endpoint } = options;
  const tell = onChange(options.onWaiting);
  let revision: string | undefined;
  let isNew = false;
  for (;;) {
    const askedMs = Date.now();
    let answer: EntryAnswer;
    try {
      const command = { conferenceId, userEndpointId: endpoint.id };
      const place = { ...(name !== undefined && { name }), ...(revision !== undefined && { revision }) };
      answer = await retry(() => api.requestEntry({ ...command, ...place }, { signal }), {
        signal,
        budgetMs: Infinity,
      });
      isNew = false;
    } catch (error) {
      if (!(error instanceof NotFoundError) || isNew) throw error;
      log('warn', 'registering again', {}, error);
      endpoint.stop();
      const { id } = endpoint;
      endpoint = await retry(() => register(id, signal), { signal, budgetMs: Infinity });
      isNew = true;
      revision = undefined;
      continue;
    }
    signal.throwIfAborted();
    if (answer.state === 'ADMITTED') return endpoint;
    if (answer.state === 'DENIED') throw new EntryDeniedError(answer.message);
    if (answer.state === 'EXPIRED') throw new EntryExpiredError();
    tell(answer);
    // A server that does not hold the request must not be asked in a loop.
    const isHeld = answer.revision !== revision || Date.now() - askedMs >= shortestHoldMs;
    revision = answer.revision;
    if (!isHeld) await pause(shortestHoldMs, signal);
  }
}

/** Calls the listener of the app when the answer says something new. */
function onChange(onWaiting: WaitForEntryOptions['onWaiting']): (answer: EntryAnswer) => void {
  let told: string | undefined;
  return ({ message, waitingSince = new Date().toISOString(), expiresAt }) => {
    const key = [message, waitingSince, expiresAt].join();
    if (!onWaiting || key === told) return;
    told = key;
    // What it throws is an uncaught error, as for every listener without an `error` event.
    void callListener(onWaiting, { message, waitingSince, expiresAt }, (cause) => {
      throw cause;
    });
  };
}
