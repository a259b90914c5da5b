import type { StreamOwners } from '../storage.ts';
import type { EngineConnection } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { claimStreamScript, releaseStreamScript, takeStreamOverScript } from './engine-scripts.ts';
import type { TailEntry } from './engine-tail.ts';

/** What {@link RedisStreamOwners} needs. */
export interface StreamOwnersOptions {
  readonly engine: EngineConnection;
  readonly keys: EngineKeys;
  readonly incarnation: () => string;
}

/** Which node receives the media of which stream, by incarnation. Each node holds all of them. */
export class RedisStreamOwners implements StreamOwners {
  readonly #options: StreamOwnersOptions;
  #owners = new Map<string, string>();
  readonly #onTakenOver: ((streamKey: string) => void)[] = [];

  constructor(options: StreamOwnersOptions) {
    this.#options = options;
  }

  /** Reads all owners; to be called at the start, and after entries of the tail were missed. */
  async load(): Promise<void> {
    const { engine, keys } = this.#options;
    const flat = (await engine.send('HGETALL', keys.owners)) as readonly string[];
    this.#owners = new Map();
    for (let index = 0; index < flat.length; index += 2) {
      this.#owners.set(flat[index] ?? '', flat[index + 1] ?? '');
    }
  }

  /** Receives a change from the tail. */
  follow({ type, key, value }: TailEntry): void {
    const wasOwn = this.isOwn(key);
    if (type === 'own') this.#owners.set(key, value);
    else this.#owners.delete(key);
    if (!wasOwn || type !== 'own' || this.isOwn(key)) return;
    for (const listener of this.#onTakenOver) listener(key);
  }

  /** Takes a stream for this node. False if another node that is not dead has it. */
  async claim(streamKey: string): Promise<boolean> {
    const { engine, keys, incarnation } = this.#options;
    const own = incarnation();
    const owner = await engine.commit(
      claimStreamScript,
      [keys.owners, keys.tail, keys.dead],
      [own, streamKey],
    );
    if (owner === own) this.#owners.set(streamKey, own);
    return owner === own;
  }

  /** Takes a stream over for this node. False if another node has it that is neither dead nor about to leave. */
  async takeOver(streamKey: string): Promise<boolean> {
    const { engine, keys, incarnation } = this.#options;
    const own = incarnation();
    const all = [keys.owners, keys.tail, keys.dead, keys.nodes];
    const owner = await engine.commit(takeStreamOverScript, all, [own, streamKey]);
    if (owner === own) this.#owners.set(streamKey, own);
    return owner === own;
  }

  onTakenOver(listener: (streamKey: string) => void): void {
    this.#onTakenOver.push(listener);
  }

  /** Gives up a stream of this node, or that of `owner`. */
  async release(streamKey: string, owner: string = this.#options.incarnation()): Promise<void> {
    const { engine, keys, incarnation } = this.#options;
    await engine.run(releaseStreamScript, [keys.owners, keys.tail], [incarnation(), streamKey, owner]);
  }

  /** The incarnation that has a stream. */
  of(streamKey: string): string | undefined {
    return this.#owners.get(streamKey);
  }

  isOwn(streamKey: string): boolean {
    return this.#owners.get(streamKey) === this.#options.incarnation();
  }

  /** The streams whose owner `isSelected` selects. */
  where(isSelected: (incarnation: string) => boolean): readonly (readonly [string, string])[] {
    return [...this.#owners].filter(([, incarnation]) => isSelected(incarnation));
  }
}
