import type { StatementSync } from 'node:sqlite';
import type { MessageLog, StoredMessage, UnplacedMessage } from '../event-log/message-log.ts';
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
    this.#selectOldest = prepare(
      'SELECT sequence, octet_length(message) AS bytes FROM messages WHERE conference_id = ? AND sequence < ? ORDER BY sequence',
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

  async forget(conferenceId: string): Promise<void> {
    this.#database.transact(() => {
      this.#deleteAll.run(conferenceId);
      this.#updatePlace.run(0, 0, 0, conferenceId);
    });
    await this.#database.synced();
  }

  /** Drops the oldest messages above the limit, but never the last one. */
  #drop(conferenceId: string, place: Place): void {
    if (place.bytes <= this.#keptBytes) return;
    for (const { sequence, bytes } of this.#selectOldest.all(conferenceId, place.last)) {
      if (place.bytes <= this.#keptBytes) break;
      place.bytes -= Number(bytes);
      place.dropped = Number(sequence);
    }
    this.#deleteThrough.run(conferenceId, place.dropped);
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
