import type { StatementSync } from 'node:sqlite';
import { DroppedMessages, type DroppedMessagesJson } from '../event-log/dropped-messages.ts';
import type {
  MessageLog,
  MessageRecipient,
  StoredMessage,
  UnplacedMessage,
} from '../event-log/message-log.ts';
import type { Database } from './database.ts';
import { parseStored } from './parse-stored.ts';

/** A message log that survives the process. It needs the conferences of {@link SqliteEventLog}, and is deleted with them. */
export class SqliteMessageLog implements MessageLog {
  readonly #database: Database;
  readonly #keptBytes: number;
  readonly #insert: StatementSync;
  readonly #selectKnown: StatementSync;
  readonly #selectAfter: StatementSync;
  readonly #selectPlace: StatementSync;
  readonly #updatePlace: StatementSync;
  readonly #selectDropped: StatementSync;
  readonly #updateDropped: StatementSync;
  readonly #selectOldest: StatementSync;
  readonly #deleteThrough: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: Database, keptBytes: number = Infinity) {
    this.#database = database;
    this.#keptBytes = keptBytes;
    const prepare = (sql: string): StatementSync => database.prepare(sql);
    this.#insert = prepare(
      'INSERT INTO messages (conference_id, sequence, sender, message_id, message) VALUES (?, ?, ?, ?, ?)',
    );
    this.#selectKnown = prepare(
      'SELECT message FROM messages WHERE conference_id = ? AND sender = ? AND message_id = ?',
    );
    this.#selectAfter = prepare(
      'SELECT message FROM messages WHERE conference_id = ? AND sequence > ? ORDER BY sequence',
    );
    this.#selectPlace = prepare(
      'SELECT last_message, dropped_through, message_bytes FROM conferences WHERE id = ?',
    );
    this.#updatePlace = prepare(
      'UPDATE conferences SET last_message = ?, dropped_through = ?, message_bytes = ? WHERE id = ?',
    );
    this.#selectDropped = prepare('SELECT dropped_messages FROM conferences WHERE id = ?');
    this.#updateDropped = prepare('UPDATE conferences SET dropped_messages = ? WHERE id = ?');
    this.#selectOldest = prepare(
      'SELECT message FROM messages WHERE conference_id = ? AND sequence < ? ORDER BY sequence',
    );
    this.#deleteThrough = prepare('DELETE FROM messages WHERE conference_id = ? AND sequence <= ?');
    this.#deleteAll = prepare('DELETE FROM messages WHERE conference_id = ?');
  }

  async append(
    conferenceId: string,
    messages: readonly UnplacedMessage[],
    nowMs: number,
  ): Promise<readonly StoredMessage[]> {
    const stored = this.#database.transact(() => {
      const place = this.#placeOf(conferenceId);
      const all = messages.map((unplaced) => {
        const { userEndpointId, messageId } = unplaced;
        const known = this.#selectKnown.get(conferenceId, userEndpointId, messageId);
        if (known) return messageOf(known['message']);
        const message = { ...unplaced, sequence: Math.max(place.last + 1, nowMs) };
        const text = JSON.stringify(message);
        this.#insert.run(conferenceId, message.sequence, userEndpointId, messageId, text);
        place.last = message.sequence;
        place.bytes += Buffer.byteLength(text);
        return message;
      });
      this.#drop(conferenceId, place);
      this.#updatePlace.run(place.last, place.dropped, place.bytes, conferenceId);
      return all;
    });
    await this.#database.synced();
    return stored;
  }

  known(
    conferenceId: string,
    userEndpointId: string,
    messageIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const isKnown = (messageId: string): boolean =>
      this.#selectKnown.get(conferenceId, userEndpointId, messageId) !== undefined;
    return Promise.resolve(new Set(messageIds.filter(isKnown)));
  }

  after(conferenceId: string, sequence: number, maxBytes: number): Promise<readonly StoredMessage[]> {
    const read: StoredMessage[] = [];
    let total = 0;
    for (const { message } of this.#selectAfter.iterate(conferenceId, sequence)) {
      total += Buffer.byteLength(String(message));
      if (read.length > 0 && total > maxBytes) break;
      read.push(messageOf(message));
    }
    return Promise.resolve(read);
  }

  lastSequence(conferenceId: string): Promise<number> {
    return Promise.resolve(this.#placeOf(conferenceId).last);
  }

  droppedThrough(conferenceId: string): Promise<number> {
    return Promise.resolve(this.#placeOf(conferenceId).dropped);
  }

  droppedFor(conferenceId: string, recipient: MessageRecipient): Promise<number> {
    return Promise.resolve(this.#droppedOf(conferenceId).lastFor(recipient));
  }

  async forget(conferenceId: string): Promise<void> {
    this.#database.transact(() => {
      this.#deleteAll.run(conferenceId);
      this.#updatePlace.run(0, 0, 0, conferenceId);
      this.#updateDropped.run(null, conferenceId);
    });
    await this.#database.synced();
  }

  /** Drops the oldest messages above the limit, but never the last one. */
  #drop(conferenceId: string, place: Place): void {
    if (place.bytes <= this.#keptBytes) return;
    const dropped = this.#droppedOf(conferenceId);
    for (const { message: text } of this.#selectOldest.iterate(conferenceId, place.last)) {
      if (place.bytes <= this.#keptBytes) break;
      const message = messageOf(text);
      place.bytes -= Buffer.byteLength(String(text));
      place.dropped = message.sequence;
      dropped.add(message);
    }
    this.#deleteThrough.run(conferenceId, place.dropped);
    this.#updateDropped.run(JSON.stringify(dropped), conferenceId);
  }

  #droppedOf(conferenceId: string): DroppedMessages {
    const text = this.#selectDropped.get(conferenceId)?.['dropped_messages'] ?? null;
    // A former version did not note for whom it dropped messages.
    if (text === null) return new DroppedMessages({ forAll: this.#placeOf(conferenceId).dropped });
    return new DroppedMessages(parseStored<DroppedMessagesJson>(text));
  }

  #placeOf(conferenceId: string): Place {
    const row = this.#selectPlace.get(conferenceId) ?? {};
    return {
      last: Number(row['last_message'] ?? 0),
      dropped: Number(row['dropped_through'] ?? 0),
      bytes: Number(row['message_bytes'] ?? 0),
    };
  }
}

/** Where the messages of a conference stand. */
interface Place {
  last: number;
  dropped: number;
  /** Bytes of those that are kept. */
  bytes: number;
}

/** The table holds only messages that this class wrote. */
function messageOf(text: unknown): StoredMessage {
  return parseStored<StoredMessage>(text);
}
