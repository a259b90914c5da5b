import { RefusalError } from '../refusal.ts';
import type { MessageReading } from './messages.ts';

/** Reads the query `messages` of a reader. Refuses with `invalid_request` one that does not say for which endpoint. */
export function messageReadingOf({
  messages,
  userEndpointId,
}: {
  readonly messages?: string | undefined;
  readonly userEndpointId?: string | undefined;
}): MessageReading | undefined {
  if (messages === undefined) return undefined;
  if (userEndpointId === undefined) {
    throw new RefusalError(
      'invalid_request',
      'Send `userEndpointId` with `messages`: whose messages to read.',
    );
  }
  const start = messages === 'joined' || messages === 'all' ? messages : Number(messages);
  return { userEndpointId, start };
}
