import {
  createdConference,
  type ConferenceCreatedEvent,
  type ConferenceState,
  type HistoryEvent,
} from '@parley-rtc/contract';
import { firstToKeep, isCheckpointDue, type Checkpoint } from '../../event-log/checkpoints.ts';
import type { EventLog, LoadedHistory } from '../../event-log/event-log.ts';
import { Waiters } from '../../event-log/waiters.ts';
import { parseStored } from '../parse-stored.ts';
import type { EngineConnection, EngineReply } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import {
  appendScript,
  beginScript,
  checkpointScript,
  forgetScript,
  loadScript,
  readScript,
} from './engine-scripts.ts';

/** What {@link RedisEventLog} needs. */
export interface RedisEventLogOptions {
  readonly engine: EngineConnection;
  readonly keys: EngineKeys;
  /** The incarnation of this node, which the engine rejects once other nodes declared it dead. */
  readonly incarnation: () => string;
  /** How many bytes of events to keep of each history. Default: all. */
  readonly historyBytes?: number | undefined;
}

interface StoredCheckpoint extends Checkpoint {
  readonly version: number;
}

/** What the engine said about a history when this node appended to it. */
interface Appended {
  readonly version: number;
  readonly bytes: number;
  /** As stored; empty without one. */
  readonly checkpoints: string;
}

const firstCheckpoint: StoredCheckpoint = { version: 0, bytesBefore: 0, stateBytes: 0 };

/** An event log that several nodes share, in Valkey or Redis. */
export class RedisEventLog implements EventLog {
  readonly #options: RedisEventLogOptions;
  readonly #waiters = new Waiters();
  /** The versions that histories are known to have reached. */
  readonly #versions = new Map<string, number>();
  readonly #appended = new Map<string, Appended>();
  /** Reads that others may share, because they were not sent before this turn of the event loop. */
  readonly #reading = new Map<string, ReturnType<EventLog['read']>>();
  #isClosed = false;

  constructor(options: RedisEventLogOptions) {
    this.#options = options;
  }

  async begin(created: ConferenceCreatedEvent): Promise<boolean> {
    const { engine, keys, incarnation } = this.#options;
    const { conferenceId } = created;
    this.#reading.clear();
    const reply = await engine.commit(
      beginScript,
      [keys.head(conferenceId), keys.conferences, keys.tail, keys.dead],
      [incarnation(), conferenceId, JSON.stringify(created), String(Date.parse(created.timestamp) || 0)],
    );
    return reply === 1;
  }

  async append(
    conferenceId: string,
    expectedVersion: number,
    events: readonly HistoryEvent[],
  ): Promise<boolean> {
    const { engine, keys, incarnation } = this.#options;
    const joining = events.flatMap((event) =>
      event.type === 'ConferenceJoinedEvent' ? [event.userEndpointId] : [],
    );
    this.#reading.clear();
    const reply = await engine.commit(
      appendScript,
      [
        keys.head(conferenceId),
        keys.events(conferenceId),
        keys.tail,
        keys.dead,
        keys.joinedAfter(conferenceId),
        keys.messagePlace(conferenceId),
      ],
      [
        incarnation(),
        conferenceId,
        String(expectedVersion),
        String(joining.length),
        ...joining,
        ...events.map((event) => JSON.stringify(event)),
      ],
    );
    if (!Array.isArray(reply)) return false;
    const [bytes, checkpoints] = reply as readonly EngineReply[];
    const version = expectedVersion + events.length;
    this.#appended.set(conferenceId, {
      version,
      bytes: Number(bytes),
      checkpoints: textOf(checkpoints ?? ''),
    });
    this.grown(conferenceId, version);
    return true;
  }

  read(
    conferenceId: string,
    fromVersion?: number,
    maxBytes: number = Infinity,
  ): Promise<readonly HistoryEvent[] | undefined> {
    const key = JSON.stringify([conferenceId, fromVersion, maxBytes]);
    const shared = this.#reading.get(key) ?? this.#read(conferenceId, fromVersion, maxBytes);
    if (!this.#reading.has(key)) {
      this.#reading.set(key, shared);
      // Later calls must see what was acknowledged since.
      process.nextTick(() => this.#reading.delete(key));
    }
    return shared;
  }

  async load(conferenceId: string): Promise<LoadedHistory | undefined> {
    const { engine, keys } = this.#options;
    const reply = await engine.run(
      loadScript,
      [keys.head(conferenceId), keys.events(conferenceId), keys.states(conferenceId)],
      [],
    );
    if (!Array.isArray(reply)) return undefined;
    const [createdText, version, stateText, ...events] = reply.map(textOf);
    const created = parseStored<ConferenceCreatedEvent>(createdText);
    engine.noteRead();
    // Also backwards, when the engine lost events.
    this.#versions.set(conferenceId, Number(version));
    return {
      creationId: created.id,
      state: stateText ? parseStored<ConferenceState>(stateText) : createdConference(created),
      events: events.map((text) => parseStored<HistoryEvent>(text)),
    };
  }

  async checkpoint(head: ConferenceState): Promise<void> {
    const { engine, keys, historyBytes = Infinity } = this.#options;
    const known = this.#appended.get(head.id);
    if (known?.version !== head.version) return;
    this.#appended.delete(head.id);
    const { bytes } = known;
    const former = known.checkpoints ? parseStored<StoredCheckpoint[]>(known.checkpoints) : [firstCheckpoint];
    const last = former.at(-1);
    if (!last || !isCheckpointDue(last, bytes, historyBytes)) return;
    const state = JSON.stringify(head);
    const stateBytes = Buffer.byteLength(state);
    const all = [...former, { version: head.version, bytesBefore: bytes, stateBytes }];
    const kept = all.slice(firstToKeep(all, bytes, historyBytes));
    // The event before the first checkpoint stays: its id names the checkpoint's version.
    const dropped = Math.max(0, (kept[0]?.version ?? 0) - 1);
    await engine.run(
      checkpointScript,
      [keys.head(head.id), keys.events(head.id), keys.states(head.id)],
      [
        known.checkpoints,
        JSON.stringify(kept),
        String(head.version),
        state,
        String(dropped),
        ...all.filter((one) => !kept.includes(one)).map(({ version }) => String(version)),
      ],
    );
  }

  async versionIdAt(conferenceId: string, version: number): Promise<string | undefined> {
    const { engine, keys } = this.#options;
    if (version > 0) {
      const id = `${version}-0`;
      const [entry] = (await engine.send('XRANGE', keys.events(conferenceId), id, id)) as EngineReply[];
      return entry ? parseStored<HistoryEvent>(eventIn(entry)).id : undefined;
    }
    const reply = await engine.send('HMGET', keys.head(conferenceId), 'created', 'first');
    const [created, first] = reply as readonly EngineReply[];
    return created && first === '0' ? parseStored<ConferenceCreatedEvent>(textOf(created)).id : undefined;
  }

  settled(): Promise<void> {
    return this.#options.engine.settled();
  }

  async conferenceIds(): Promise<readonly string[]> {
    const { engine, keys } = this.#options;
    return ((await engine.send('ZRANGE', keys.conferences, '0', '-1')) as EngineReply[]).map(textOf);
  }

  async wait(conferenceId: string, version: number, signal: AbortSignal): Promise<void> {
    const known = this.#versions.get(conferenceId);
    if (this.#isClosed || (known !== undefined && known > version)) return;
    const woken = this.#waiters.wait(conferenceId, version, signal);
    if (known === undefined) await this.#learn(conferenceId);
    await woken;
  }

  async forget(conferenceId: string): Promise<void> {
    const { engine, keys, incarnation } = this.#options;
    this.#reading.clear();
    const all = [
      keys.head(conferenceId),
      keys.events(conferenceId),
      keys.states(conferenceId),
      keys.joinedAfter(conferenceId),
      keys.viewerIds(conferenceId),
    ];
    await engine.run(forgetScript, [keys.tail, keys.conferences, ...all], [incarnation(), conferenceId]);
    this.forgotten(conferenceId);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#waiters.wakeAll();
    return Promise.resolve();
  }

  /** Notes that a node appended to a history, and wakes the callers waiting for that. */
  grown(conferenceId: string, version: number): void {
    this.#note(conferenceId, version);
    this.#waiters.wake(conferenceId, version);
  }

  /** Notes that a node deleted a history. */
  forgotten(conferenceId: string): void {
    this.#versions.delete(conferenceId);
    this.#appended.delete(conferenceId);
    this.#waiters.wake(conferenceId);
  }

  async #read(
    conferenceId: string,
    fromVersion: number | undefined,
    maxBytes: number,
  ): Promise<readonly HistoryEvent[] | undefined> {
    const { engine, keys } = this.#options;
    const reply = await engine.run(
      readScript,
      [keys.head(conferenceId), keys.events(conferenceId)],
      [String(fromVersion ?? ''), maxBytes === Infinity ? '' : String(maxBytes)],
    );
    if (!Array.isArray(reply)) return undefined;
    const [version, ...texts] = reply.map(textOf);
    this.#note(conferenceId, Number(version));
    return texts.filter((text) => text !== '').map((text) => parseStored<HistoryEvent>(text));
  }

  /** Asks for the version of a history, and wakes the callers that it has overtaken. */
  async #learn(conferenceId: string): Promise<void> {
    const { engine, keys } = this.#options;
    // Without an answer, the next event wakes them.
    const stored = await engine.send('HGET', keys.head(conferenceId), 'version').catch(() => undefined);
    if (stored === null) this.#waiters.wake(conferenceId);
    else if (stored !== undefined) this.grown(conferenceId, Number(stored));
  }

  #note(conferenceId: string, version: number): void {
    const known = this.#versions.get(conferenceId) ?? -1;
    if (version <= known) return;
    this.#versions.set(conferenceId, version);
    this.#options.engine.noteRead();
  }
}

/** The text of an event in an entry of a stream: [id, [name, text]]. */
function eventIn(entry: EngineReply): string {
  const [, fields] = entry as readonly EngineReply[];
  return textOf((fields as readonly EngineReply[])[1] ?? '');
}

function textOf(reply: EngineReply): string {
  return typeof reply === 'string' ? reply : String(reply);
}
