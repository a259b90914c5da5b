import { ConnectionError, ForeignAnswerError, HttpError } from '@parley-rtc/client';
import { isOfferRefused } from '../connection/is-offer-refused.ts';
import { newId } from '../new-id.ts';

/** Enough for a network that loses every fourth answer. Opening has a deadline as well. */
const tries = 5;

export interface NewOfferOptions<Answer> {
  /** The first id under which to offer, chosen at random. */
  readonly id: string;
  readonly send: (id: string) => Promise<Answer>;
  /** Withdraws what the server may have under this id. Never rejects. */
  readonly withdraw: (id: string) => Promise<unknown> | undefined;
  readonly signal: AbortSignal;
}

/**
 * Offers a stream or view that is new to the server. When the answer is lost, or a browser or proxy repeats the request and the
 * server then says that the id exists, the server may have the stream, but nobody has the answer: withdraws it, and sends the
 * same offer under another id. Returns the id that was answered. Rejects like `send`; the caller then withdraws the first id.
 */
export async function sendNewOffer<Answer>({
  id: firstId,
  send,
  withdraw,
  signal,
}: NewOfferOptions<Answer>): Promise<{ readonly id: string; readonly answer: Answer }> {
  let id = firstId;
  for (let failures = 0; ; failures += 1) {
    try {
      return { id, answer: await send(id) };
    } catch (error) {
      if (failures + 1 === tries || signal.aborted || !isAnswerLost(error)) {
        if (id !== firstId && !isOfferRefused(error)) void withdraw(id);
        throw error;
      }
    }
    // A server that is hard to reach makes this call wait, so no other pause is needed.
    await withdraw(id);
    signal.throwIfAborted();
    id = newId();
  }
}

/** Whether the server may have acted on a request without our receiving its answer. */
function isAnswerLost(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof ForeignAnswerError) return true;
  if (!(error instanceof HttpError)) return false;
  return error.serverError === 'already_exists' || error.status === 502 || error.status === 504;
}
