import { DroppedMessages, type DroppedMessagesJson } from '../../event-log/dropped-messages.ts';
import type {
  MessageLog,
  MessageRecipient,
  StoredMessage,
  UnplacedMessage,
} from '../../event-log/message-log.ts';
import { parseStored } from '../parse-stored.ts';
import type { EngineConnection, EngineReply } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { appendMessagesScript } from './engine-scripts.ts';

/** What {@link RedisMessageLog} needs. */
export interface RedisMessageLogOptions {
  readonly engine: EngineConnection;
  readonly keys: EngineKeys;
  readonly incarnation: () => string;
  /** Bytes of messages to keep of each conference. Default: all. */
  readonly keptBytes?: number | undefined;
}

/** Where the messages of a conference stand. */
interface Place {
  readonly last: number;
  readonly dropped: number;
  /** Bytes of those that are kept. */
  readonly bytes: number;
  readonly droppedFor: DroppedMessages;
}

const batch = 200;

/** A message log that several nodes share. */
export class RedisMessageLog implements MessageLog {
  readonly #options: RedisMessageLogOptions;

  constructor(options: RedisMessageLogOptions) {
    this.#options = options;
  }

  async append(
    conferenceId: string,
    messages: readonly UnplacedMessage[],
    nowMs: number,
  ): Promise<readonly StoredMessage[]> {
    for (;;) {
      const stored = await this.#tryAppend(conferenceId, messages, nowMs);
      if (stored) return stored;
    }
  }

  async known(
    conferenceId: string,
    userEndpointId: string,
    messageIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const sequences = await this.#sequencesOf(
      conferenceId,
      messageIds.map((messageId) => ({ userEndpointId, messageId })),
    );
    return new Set(messageIds.filter((_, index) => sequences[index] !== undefined));
  }

  async after(conferenceId: string, sequence: number, maxBytes: number): Promise<readonly StoredMessage[]> {
    const read: StoredMessage[] = [];
    let bytes = 0;
    for await (const { text, message } of this.#from(conferenceId, sequence)) {
      bytes += Buffer.byteLength(text);
      if (read.length > 0 && bytes > maxBytes) break;
      read.push(message);
    }
    if (read.length > 0) {
      const { engine } = this.#options;
      engine.noteRead();
      await engine.settled();
    }
    return read;
  }

  async lastSequence(conferenceId: string): Promise<number> {
    return (await this.#placeOf(conferenceId)).last;
  }

  async joinedAfter(conferenceId: string, userEndpointId: string): Promise<number | undefined> {
    const { engine, keys } = this.#options;
    const last = await engine.send('HGET', keys.joinedAfter(conferenceId), userEndpointId);
    return last === null ? undefined : Number(last);
  }

  async droppedThrough(conferenceId: string): Promise<number> {
    return (await this.#placeOf(conferenceId)).dropped;
  }

  async droppedFor(conferenceId: string, recipient: MessageRecipient): Promise<number> {
    return (await this.#placeOf(conferenceId)).droppedFor.lastFor(recipient);
  }

  async forget(conferenceId: string): Promise<void> {
    const { engine, keys } = this.#options;
    const all = [keys.messagePlace(conferenceId), keys.messages(conferenceId), keys.messageIds(conferenceId)];
    await engine.send('DEL', ...all);
  }

  /** Undefined when another node was faster. */
  async #tryAppend(
    conferenceId: string,
    messages: readonly UnplacedMessage[],
    nowMs: number,
  ): Promise<readonly StoredMessage[] | undefined> {
    const { engine, keys, incarnation } = this.#options;
    const place = await this.#placeOf(conferenceId);
    const sequences = await this.#sequencesOf(conferenceId, messages);
    const former = await this.#messagesAt(conferenceId, sequences);
    let { last, bytes } = place;
    const added = new Map<string, { readonly message: StoredMessage; readonly text: string }>();
    const stored = messages.map((unplaced, index) => {
      const key = keyOf(unplaced);
      const known = former[index] ?? added.get(key)?.message;
      if (known) return known;
      last = Math.max(last + 1, nowMs);
      const message = { ...unplaced, sequence: last };
      const text = JSON.stringify(message);
      bytes += Buffer.byteLength(text);
      added.set(key, { message, text });
      return message;
    });
    if (added.size === 0) return stored;
    const dropped = await this.#dropped(conferenceId, { ...place, last, bytes });
    const reply = await engine.commit(
      appendMessagesScript,
      [
        keys.messagePlace(conferenceId),
        keys.messages(conferenceId),
        keys.messageIds(conferenceId),
        keys.tail,
      ],
      [
        incarnation(),
        conferenceId,
        String(place.last),
        String(last),
        String(dropped.through),
        String(dropped.bytes),
        JSON.stringify(place.droppedFor),
        String(added.size),
        ...[...added].flatMap(([key, { message, text }]) => [String(message.sequence), key, text]),
        ...dropped.keys,
      ],
    );
    return reply === 1 ? stored : undefined;
  }

  /** The oldest messages above the limit, but never those that are being added. */
  async #dropped(
    conferenceId: string,
    place: Place,
  ): Promise<{ readonly through: number; readonly bytes: number; readonly keys: readonly string[] }> {
    const { keptBytes = Infinity } = this.#options;
    let { dropped: through, bytes } = place;
    const keys: string[] = [];
    if (bytes > keptBytes) {
      for await (const { text, message } of this.#from(conferenceId, 0)) {
        if (bytes <= keptBytes) break;
        bytes -= Buffer.byteLength(text);
        through = message.sequence;
        place.droppedFor.add(message);
        keys.push(keyOf(message));
      }
    }
    return { through, bytes, keys };
  }

  async *#from(
    conferenceId: string,
    sequence: number,
  ): AsyncGenerator<{ readonly text: string; readonly message: StoredMessage }> {
    const { engine, keys } = this.#options;
    let start = `(${sequence}-0`;
    for (;;) {
      const reply = await engine.send(
        'XRANGE',
        keys.messages(conferenceId),
        start,
        '+',
        'COUNT',
        String(batch),
      );
      const entries = reply as readonly (readonly [string, readonly [string, string]])[];
      for (const [id, [, text]] of entries) {
        yield { text, message: parseStored<StoredMessage>(text) };
        start = `(${id}`;
      }
      if (entries.length < batch) return;
    }
  }

  async #sequencesOf(
    conferenceId: string,
    messages: readonly Pick<UnplacedMessage, 'userEndpointId' | 'messageId'>[],
  ): Promise<readonly (number | undefined)[]> {
    const { engine, keys } = this.#options;
    if (messages.length === 0) return [];
    const reply = await engine.send('HMGET', keys.messageIds(conferenceId), ...messages.map(keyOf));
    return (reply as readonly EngineReply[]).map((sequence) =>
      sequence === null ? undefined : Number(sequence),
    );
  }

  #messagesAt(
    conferenceId: string,
    sequences: readonly (number | undefined)[],
  ): Promise<readonly (StoredMessage | undefined)[]> {
    const { engine, keys } = this.#options;
    return Promise.all(
      sequences.map(async (sequence) => {
        if (sequence === undefined) return undefined;
        const id = `${sequence}-0`;
        const reply = await engine.send('XRANGE', keys.messages(conferenceId), id, id);
        const [entry] = reply as readonly (readonly [string, readonly [string, string]])[];
        return entry && parseStored<StoredMessage>(entry[1][1]);
      }),
    );
  }

  async #placeOf(conferenceId: string): Promise<Place> {
    const { engine, keys } = this.#options;
    const fields = ['last', 'dropped', 'bytes', 'droppedFor'];
    const reply = await engine.send('HMGET', keys.messagePlace(conferenceId), ...fields);
    const [last, dropped, bytes, droppedFor] = reply as readonly EngineReply[];
    return {
      last: Number(last ?? 0),
      dropped: Number(dropped ?? 0),
      bytes: Number(bytes ?? 0),
      droppedFor: new DroppedMessages(droppedFor ? parseStored<DroppedMessagesJson>(droppedFor) : undefined),
    };
  }
}

function keyOf({ userEndpointId, messageId }: Pick<UnplacedMessage, 'userEndpointId' | 'messageId'>): string {
  return JSON.stringify([userEndpointId, messageId]);
}
