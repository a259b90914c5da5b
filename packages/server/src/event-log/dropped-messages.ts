import type { MessageRecipient, StoredMessage } from './message-log.ts';

/** Enough for those who talk at the same time. Each costs a few bytes with every message that is dropped. */
const maxRecipients = 200;

/**
 * Which messages of a conference were dropped, for whom: only their recipients missed them, and nobody else may learn of them.
 * Beyond a number of recipients, it counts the oldest as dropped for all.
 */
export class DroppedMessages {
  #forAll: number;
  /** The last ones to all participants of two senders, newest first, because a sender does not receive its own. */
  #toAll: readonly Sent[];
  /** By recipient, the one with the oldest first. */
  readonly #toSome: Map<string, number>;

  constructor({ forAll = 0, toAll = [], toSome = [] }: Partial<DroppedMessagesJson> = {}) {
    this.#forAll = forAll;
    this.#toAll = toAll;
    this.#toSome = new Map(toSome);
  }

  /** Adds one that is newer than all before. */
  add({ userEndpointId: sender, sequence, to, toUsers }: DroppedMessage): void {
    if (!to) {
      const ofAnother = this.#toAll.find((sent) => sent.sender !== sender);
      this.#toAll = [{ sender, sequence }, ...(ofAnother ? [ofAnother] : [])];
    }
    for (const [index, userEndpointId] of (to ?? []).entries()) {
      const key = keyOf({ userEndpointId, userId: toUsers?.[index] ?? '' });
      this.#toSome.delete(key);
      this.#toSome.set(key, sequence);
    }
    for (const [key, oldest] of this.#toSome) {
      if (this.#toSome.size <= maxRecipients) break;
      this.#forAll = Math.max(this.#forAll, oldest);
      this.#toSome.delete(key);
    }
  }

  /** The sequence of the last one that `recipient` would have received; 0 without one. */
  lastFor(recipient: MessageRecipient): number {
    const toAll = this.#toAll.find(({ sender }) => sender !== recipient.userEndpointId);
    return Math.max(this.#forAll, toAll?.sequence ?? 0, this.#toSome.get(keyOf(recipient)) ?? 0);
  }

  toJSON(): DroppedMessagesJson {
    return { forAll: this.#forAll, toAll: this.#toAll, toSome: [...this.#toSome] };
  }
}

/** What is needed of a message that is dropped. */
export type DroppedMessage = Pick<StoredMessage, 'userEndpointId' | 'sequence' | 'to' | 'toUsers'>;

/** How {@link DroppedMessages} are stored. */
export interface DroppedMessagesJson {
  readonly forAll: number;
  readonly toAll: readonly Sent[];
  readonly toSome: readonly (readonly [string, number])[];
}

interface Sent {
  readonly sender: string;
  readonly sequence: number;
}

function keyOf({ userEndpointId, userId }: MessageRecipient): string {
  return JSON.stringify([userEndpointId, userId]);
}
