import { DroppedMessages } from '../event-log/dropped-messages.ts';
import type {
  MessageLog,
  MessageRecipient,
  StoredMessage,
  UnplacedMessage,
} from '../event-log/message-log.ts';

interface Kept {
  readonly message: StoredMessage;
  readonly bytes: number;
}

interface Channel {
  /** Oldest first. */
  kept: readonly Kept[];
  readonly byKey: Map<string, StoredMessage>;
  bytes: number;
  lastSequence: number;
  droppedThrough: number;
  readonly dropped: DroppedMessages;
}

/** A message log that ends with the process. */
export class MemoryMessageLog implements MessageLog {
  readonly #keptBytes: number;
  readonly #channels = new Map<string, Channel>();

  constructor(keptBytes: number = Infinity) {
    this.#keptBytes = keptBytes;
  }

  append(
    conferenceId: string,
    messages: readonly UnplacedMessage[],
    nowMs: number,
  ): Promise<readonly StoredMessage[]> {
    const channel = this.#channels.get(conferenceId) ?? {
      kept: [],
      byKey: new Map(),
      bytes: 0,
      lastSequence: 0,
      droppedThrough: 0,
      dropped: new DroppedMessages(),
    };
    this.#channels.set(conferenceId, channel);
    const added: Kept[] = [];
    const stored = messages.map((unplaced) => {
      const known = channel.byKey.get(keyOf(unplaced));
      if (known) return known;
      const message = { ...unplaced, sequence: Math.max(channel.lastSequence + 1, nowMs) };
      const bytes = Buffer.byteLength(JSON.stringify(message));
      channel.lastSequence = message.sequence;
      channel.byKey.set(keyOf(message), message);
      channel.bytes += bytes;
      added.push({ message, bytes });
      return message;
    });
    channel.kept = [...channel.kept, ...added];
    this.#drop(channel);
    return Promise.resolve(stored);
  }

  known(
    conferenceId: string,
    userEndpointId: string,
    messageIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const { byKey } = this.#channels.get(conferenceId) ?? {};
    return Promise.resolve(
      new Set(messageIds.filter((messageId) => byKey?.has(keyOf({ userEndpointId, messageId })))),
    );
  }

  after(conferenceId: string, sequence: number, maxBytes: number): Promise<readonly StoredMessage[]> {
    const { kept = [] } = this.#channels.get(conferenceId) ?? {};
    const read: StoredMessage[] = [];
    let total = 0;
    for (const { message, bytes } of kept.slice(firstAfter(kept, sequence))) {
      total += bytes;
      if (read.length > 0 && total > maxBytes) break;
      read.push(message);
    }
    return Promise.resolve(read);
  }

  lastSequence(conferenceId: string): Promise<number> {
    return Promise.resolve(this.#channels.get(conferenceId)?.lastSequence ?? 0);
  }

  droppedThrough(conferenceId: string): Promise<number> {
    return Promise.resolve(this.#channels.get(conferenceId)?.droppedThrough ?? 0);
  }

  droppedFor(conferenceId: string, recipient: MessageRecipient): Promise<number> {
    return Promise.resolve(this.#channels.get(conferenceId)?.dropped.lastFor(recipient) ?? 0);
  }

  forget(conferenceId: string): Promise<void> {
    this.#channels.delete(conferenceId);
    return Promise.resolve();
  }

  /** Drops the oldest messages above the limit, but never the last one. */
  #drop(channel: Channel): void {
    let count = 0;
    while (channel.bytes > this.#keptBytes && count < channel.kept.length - 1) {
      const oldest = channel.kept[count];
      if (!oldest) break;
      channel.bytes -= oldest.bytes;
      channel.droppedThrough = oldest.message.sequence;
      channel.dropped.add(oldest.message);
      channel.byKey.delete(keyOf(oldest.message));
      count += 1;
    }
    channel.kept = channel.kept.slice(count);
  }
}

function keyOf({ userEndpointId, messageId }: Pick<UnplacedMessage, 'userEndpointId' | 'messageId'>): string {
  return JSON.stringify([userEndpointId, messageId]);
}

/** The index of the first message after `sequence`, found by halves: a reader is usually near the end of many. */
function firstAfter(kept: readonly Kept[], sequence: number): number {
  let [low, high] = [0, kept.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((kept[middle]?.message.sequence ?? Infinity) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}
