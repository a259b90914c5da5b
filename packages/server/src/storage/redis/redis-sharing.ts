import type { Channel, Sharing } from '../../event-log/sharing.ts';
import type { EngineConnection } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { sayScript } from './engine-scripts.ts';
import type { EngineTail, TailEntry } from './engine-tail.ts';

/** What {@link RedisSharing} needs. */
export interface RedisSharingOptions {
  readonly engine: EngineConnection;
  readonly keys: EngineKeys;
  readonly incarnation: () => string;
  readonly tail: () => Pick<EngineTail, 'caughtUp'>;
  readonly canJudge: () => boolean;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

type SayListener = (message: unknown, place: number, isOwn: boolean) => void;

/** What nodes on one engine tell each other. */
export class RedisSharing implements Sharing {
  readonly #options: RedisSharingOptions;
  readonly #says = new Map<string, SayListener[]>();
  /** Messages from before this node listened. */
  readonly #past: TailEntry[] = [];
  readonly #grown: ((conferenceId: string, version: number) => Promise<void>)[] = [];
  readonly #forgotten: ((conferenceId: string) => void)[] = [];
  readonly #missed: ((conferenceIds: readonly string[]) => Promise<void>)[] = [];
  readonly #contact: (() => void)[] = [];
  readonly #writes = new Set<Promise<unknown>>();

  constructor(options: RedisSharingOptions) {
    this.#options = options;
  }

  caughtUp(): Promise<void> {
    return this.#options.tail().caughtUp();
  }

  async flushed(): Promise<void> {
    if (this.#writes.size > 0) await Promise.all(this.#writes);
  }

  async claim(name: string, ttlMs: number): Promise<boolean> {
    const { engine, keys, incarnation } = this.#options;
    const key = keys.of('claim', name);
    return (await engine.send('SET', key, incarnation(), 'NX', 'PX', String(ttlMs))) === 'OK';
  }

  channel<Message>(name: string): Channel<Message> {
    const { engine, keys, incarnation, onError } = this.#options;
    return {
      publish: (message) => {
        const saying = engine.run(sayScript, [keys.tail], [incarnation(), name, JSON.stringify(message)]);
        this.note(saying);
        saying.catch(onError);
      },
      onMessage: (listener) => {
        const all = this.#says.get(name) ?? [];
        this.#says.set(name, all);
        all.push(listener as SayListener);
        for (const entry of this.#past) if (entry.name === name) this.#say(entry, listener as SayListener);
      },
    };
  }

  onGrown(listener: (conferenceId: string, version: number) => Promise<void>): void {
    this.#grown.push(listener);
  }

  onForgotten(listener: (conferenceId: string) => void): void {
    this.#forgotten.push(listener);
  }

  onMissed(listener: (conferenceIds: readonly string[]) => Promise<void>): void {
    this.#missed.push(listener);
  }

  canJudgeSilence(): boolean {
    return this.#options.canJudge();
  }

  onContact(listener: () => void): void {
    this.#contact.push(listener);
  }

  /** Notes a write that answers wait for. */
  note(write: Promise<unknown>): void {
    const noted = this.#options.engine.replicated(write).finally(() => this.#writes.delete(noted));
    this.#writes.add(noted);
    // Those who wait for it learn of its failure.
    noted.catch(() => {});
  }

  /** Keeps a message of the past for those who listen later. */
  remember(entry: TailEntry): void {
    if (entry.type === 'say') this.#past.push(entry);
  }

  /** Forgets what {@link remember} kept, once all who want it listen. */
  forgetPast(): void {
    this.#past.length = 0;
  }

  say(entry: TailEntry): void {
    for (const listener of this.#says.get(entry.name) ?? []) this.#say(entry, listener);
  }

  async grow(conferenceId: string, version: number): Promise<void> {
    await Promise.all(this.#grown.map((listener) => listener(conferenceId, version)));
  }

  forget(conferenceId: string): void {
    for (const listener of this.#forgotten) listener(conferenceId);
  }

  async miss(conferenceIds: readonly string[]): Promise<void> {
    await Promise.all(this.#missed.map((listener) => listener(conferenceIds)));
  }

  contact(): void {
    for (const listener of this.#contact) listener();
  }

  #say({ value, place, from }: TailEntry, listener: SayListener): void {
    listener(JSON.parse(value), place, from === this.#options.incarnation());
  }
}
