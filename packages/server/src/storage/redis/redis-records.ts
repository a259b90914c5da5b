import { parseStored } from '../parse-stored.ts';
import type { Records } from '../records.ts';
import type { EngineConnection, EngineReply } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { putScript } from './engine-scripts.ts';
import type { TailEntry } from './engine-tail.ts';

/** What {@link RedisRecords} needs. */
export interface RedisRecordsOptions {
  readonly engine: EngineConnection;
  readonly keys: EngineKeys;
  readonly incarnation: () => string;
  readonly name: string;
  /** Receives each write, so that an answer can wait until all nodes can read it. */
  readonly onWrite: (write: Promise<unknown>) => void;
}

/** Records that several nodes share. Each node holds all of them in memory, and follows the changes of the others. */
export class RedisRecords<Value> implements Records<Value> {
  readonly #options: RedisRecordsOptions;
  #loaded = new Map<string, string>();
  readonly #listeners: ((key: string, value: Value | undefined) => void)[] = [];
  /** Writes of this node that the tail has not returned yet, by key: they come after everything that it returned. */
  readonly #underWay = new Map<string, number>();
  /** What this node could not write, by key. */
  readonly #unwritten = new Map<string, Value | undefined>();

  constructor(options: RedisRecordsOptions) {
    this.#options = options;
  }

  /** Reads all values; to be called before the records are used. */
  async load(): Promise<void> {
    this.#loaded = await this.#read();
  }

  entries(): readonly (readonly [string, Value])[] {
    return [...this.#loaded].map(([key, text]) => [key, parseStored<Value>(text)] as const);
  }

  put(key: string, value: Value): Promise<void> {
    return this.#write(key, value);
  }

  delete(key: string): Promise<void> {
    return this.#write(key, undefined);
  }

  onChanged(listener: (key: string, value: Value | undefined) => void): void {
    this.#listeners.push(listener);
  }

  /** Receives a change that a node wrote, from the tail. */
  follow({ type, from, key, value }: TailEntry): void {
    const underWay = this.#underWay.get(key) ?? 0;
    if (from === this.#options.incarnation()) {
      if (underWay > 1) this.#underWay.set(key, underWay - 1);
      else this.#underWay.delete(key);
      return;
    }
    // A write of this node follows, and replaces it.
    if (underWay === 0 && !this.#unwritten.has(key)) this.#change(key, type === 'put' ? value : undefined);
  }

  /** Compares everything with the engine, after entries of the tail were missed. Writes what could not be written. */
  async reload(): Promise<void> {
    this.#underWay.clear();
    await this.writeAgain();
    const former = this.#loaded;
    this.#loaded = await this.#read();
    for (const key of former.keys()) if (!this.#loaded.has(key)) this.#change(key, undefined);
    for (const [key, text] of this.#loaded) if (former.get(key) !== text) this.#change(key, text);
  }

  /** Writes what could not be written, because the engine was away. */
  async writeAgain(): Promise<void> {
    for (const [key, value] of this.#unwritten) {
      this.#unwritten.delete(key);
      await this.#write(key, value);
    }
  }

  async #write(key: string, value: Value | undefined): Promise<void> {
    const { engine, keys, incarnation, name, onWrite } = this.#options;
    const text = value === undefined ? [] : [JSON.stringify(value)];
    this.#unwritten.delete(key);
    this.#underWay.set(key, (this.#underWay.get(key) ?? 0) + 1);
    this.#keep(key, text[0]);
    const args = [incarnation(), name, key, ...text];
    const writing = engine.run(putScript, [keys.records(name), keys.tail], args);
    onWrite(writing);
    try {
      await writing;
    } catch (error) {
      this.#underWay.delete(key);
      this.#unwritten.set(key, value);
      throw error;
    }
  }

  #change(key: string, text: string | undefined): void {
    this.#keep(key, text);
    const value = text === undefined ? undefined : parseStored<Value>(text);
    for (const listener of this.#listeners) listener(key, value);
  }

  #keep(key: string, text: string | undefined): void {
    if (text === undefined) this.#loaded.delete(key);
    else this.#loaded.set(key, text);
  }

  async #read(): Promise<Map<string, string>> {
    const { engine, keys, name } = this.#options;
    const flat = (await engine.send('HGETALL', keys.records(name))) as readonly EngineReply[];
    const read = new Map<string, string>();
    for (let index = 0; index < flat.length; index += 2)
      read.set(String(flat[index]), String(flat[index + 1]));
    return read;
  }
}
