import type { ConferenceMessageSentEvent } from '@parley-rtc/contract';

/** End-to-end encryption of messages, as a conference uses it. */
export interface MessageEncryption {
  /** Returns the encrypted content. `binding` is authenticated, so that the content cannot be moved to another message. */
  seal(content: Uint8Array, context: SealContext): Promise<Uint8Array>;
  /** Returns the content. Rejects when no key fits, or when anything was changed. */
  unseal(sealed: Uint8Array, context: SealContext): Promise<Uint8Array>;
}

export interface SealContext {
  readonly conferenceId: string;
  readonly binding: Uint8Array;
}

/** What the server could otherwise change without being noticed. */
type Bound = Pick<
  ConferenceMessageSentEvent,
  'conferenceId' | 'userEndpointId' | 'messageId' | 'topic' | 'to'
>;

/** Binds encrypted content to its message: the same for sender and receiver, and never the same for two messages. */
export function sealContextOf({ conferenceId, userEndpointId, messageId, topic, to }: Bound): SealContext {
  const fields = [conferenceId, userEndpointId, messageId, topic, to ?? null];
  return { conferenceId, binding: new TextEncoder().encode(`parley message 1 ${JSON.stringify(fields)}`) };
}
