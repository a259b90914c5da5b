import { InvalidRequestError, NotFoundError } from '@parley-rtc/client';
import type { PublishStreamResult } from '@parley-rtc/contract';
import { newId } from '../new-id.ts';
import type { PublishOffer } from '../publishing/publish-calls.ts';

export interface PublishOnceCalls {
  readonly publish: (offer: PublishOffer) => Promise<PublishStreamResult>;
  readonly withdraw: (streamId: string) => Promise<void>;
}

/**
 * Publishes a stream whose id was chosen at random. When the answer is lost, browsers and proxies may repeat the request, and
 * the server then says that the id exists: the stream is ours, but its answer is gone. Withdraws it and publishes the same
 * offer under another id.
 */
export async function publishOnce(
  offer: PublishOffer,
  { publish, withdraw }: PublishOnceCalls,
): Promise<PublishStreamResult> {
  try {
    return await publish(offer);
  } catch (error) {
    const isRepeated = error instanceof InvalidRequestError && error.serverError === 'already_exists';
    if (!isRepeated || offer.iceRestart) throw error;
  }
  try {
    await withdraw(offer.streamId);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  const streamId = newId();
  return { streamId, ...(await publish({ ...offer, streamId })) };
}
