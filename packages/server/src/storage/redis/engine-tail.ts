import { EngineError } from '../../health/trouble.ts';
import type { EngineConnection, EngineReply } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';

/** One thing that a node told all nodes. */
export interface TailEntry {
  /** What it is about. */
  readonly type: string;
  /** The incarnation that wrote it. */
  readonly from: string;
  /** Name, key and value; what they mean depends on the type. */
  readonly name: string;
  readonly key: string;
  readonly value: string;
  /** Increases with each entry; the same at all nodes. */
  readonly place: number;
}

/** What {@link EngineTail} needs. */
export interface EngineTailOptions {
  /** For commands that the engine answers immediately. */
  readonly engine: EngineConnection;
  /** For the command that waits for the next entry. */
  readonly blocking: EngineConnection;
  readonly keys: EngineKeys;
  /** Receives each entry once, in order. {@link EngineTail.caughtUp} waits for what it returns. */
  readonly onEntry: (entry: TailEntry) => void | Promise<void>;
  /** Called when entries may have been missed, because the engine dropped or lost them. */
  readonly onGap: () => Promise<void>;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

/** When entries were requested, in which epoch, and of which primary. */
interface Asked {
  readonly atMs: number;
  readonly epoch: number;
  readonly primary: string;
}

/** How long the engine holds a request for the next entry. */
export const blockMs = 1_000;
const pauseMs = 200;
/** An answer that took longer may have been given long after it was requested. */
const longestAnswerMs = blockMs + 500;
/** A node that read nothing for longer was suspended or cut off, and cannot know that the engine still has what comes next. */
const longestPauseMs = 2 * blockMs;
const batch = 1_000;
/** Places of entries within one millisecond. */
const perMs = 64;

/**
 * Follows everything that nodes tell each other. It keeps a position, so a lost connection or a stuck one delays entries and
 * loses none.
 */
export class EngineTail {
  readonly #options: EngineTailOptions;
  #lastId = '0-0';
  /** The last entry as the engine has it; undefined before the first. */
  #last: EngineReply | undefined;
  #lastPlace = 0;
  readonly #working = new Set<Promise<void>>();
  #isClosed = false;
  #mayHaveGap = false;
  #readAtMs: number = performance.now();
  /** Changes when a gap is closed: answers to requests from before that no longer count. */
  #epoch = 0;
  #closing: Promise<void> | undefined;
  /** A read that callers may share, because it was not sent before they called. */
  #next: Promise<void> | undefined;

  constructor(options: EngineTailOptions) {
    this.#options = options;
  }

  /** Begins with what comes now, after the entries of the last `pastMs` milliseconds went to `onPast`. */
  async begin(pastMs: number, onPast: (entry: TailEntry) => void): Promise<void> {
    const { engine, keys } = this.#options;
    const last = await this.#lastInEngine();
    const lastId = last ? idOf(last) : '0-0';
    const since = Math.max(0, msOf(lastId) - pastMs);
    const past = await engine.send('XRANGE', keys.tail, `${since}-0`, lastId);
    for (const entry of past as readonly EngineReply[]) onPast(this.#entryOf(entry));
    this.#moveTo(last);
    this.#readAtMs = performance.now();
  }

  /** Follows until {@link close}. */
  follow(): void {
    void this.#follow();
  }

  /** Resolves when every entry that was there before the call was received, and the work that they caused is done. */
  caughtUp(): Promise<void> {
    if (this.#next) return this.#next;
    const next = this.#catchUp();
    this.#next = next;
    // Later calls must see what was acknowledged since.
    process.nextTick(() => {
      if (this.#next === next) this.#next = undefined;
    });
    return next;
  }

  /** Checks, before anything else is read, that the engine has what was read: it may be another one now, or have lost something. */
  suspect(): void {
    this.#mayHaveGap = true;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #catchUp(): Promise<void> {
    const { engine, keys } = this.#options;
    for (;;) {
      await this.#closeGap();
      const asked = this.#ask(engine);
      const reply = await engine.send('XREAD', 'COUNT', String(batch), 'STREAMS', keys.tail, this.#lastId);
      if ((await this.#receive(reply, asked)) < batch) break;
    }
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  async #follow(): Promise<void> {
    const { engine, blocking, keys, onError } = this.#options;
    while (!this.#isClosed) {
      try {
        await this.#closeGap();
        // After a failover, until this connection follows the other one.
        if (blocking.primary !== engine.primary) throw new EngineError('engine_unavailable');
        const asked = this.#ask(blocking);
        const block = ['BLOCK', String(blockMs), 'COUNT', String(batch)];
        const reply = await blocking.send('XREAD', ...block, 'STREAMS', keys.tail, this.#lastId);
        await this.#receive(reply, asked);
      } catch (error) {
        if (this.#isClosed) return;
        this.#mayHaveGap = true;
        // Each request that needs the engine reports that it is away.
        if (!(error instanceof EngineError)) onError(error);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  /** Reads everything again where the engine may not have the entries after the last one, and does not. */
  async #closeGap(): Promise<void> {
    if (performance.now() - this.#readAtMs > longestPauseMs) this.#mayHaveGap = true;
    while (this.#mayHaveGap || this.#closing) {
      this.#closing ??= this.#readAgain().finally(() => {
        this.#closing = undefined;
      });
      await this.#closing;
    }
  }

  async #readAgain(): Promise<void> {
    const { onGap } = this.#options;
    // Not afterwards: the engine may be lost, or become another one, while it is asked.
    this.#mayHaveGap = false;
    try {
      if (!(await this.#isLastThere())) {
        const last = await this.#lastInEngine();
        this.#epoch += 1;
        await onGap();
        this.#moveTo(last);
      }
      this.#readAtMs = performance.now();
    } catch (error) {
      this.#mayHaveGap = true;
      throw error;
    }
  }

  /**
   * Whether the engine has the last entry that was read, and so everything that follows it. It is not enough that the engine has later
   * ones: another node may have written these after a failover that lost ours.
   */
  async #isLastThere(): Promise<boolean> {
    const last = this.#last;
    if (last === undefined) return true;
    const { engine, keys } = this.#options;
    const [stored] = (await engine.send('XRANGE', keys.tail, idOf(last), idOf(last))) as EngineReply[];
    return JSON.stringify(stored) === JSON.stringify(last);
  }

  /** Whether the engine has dropped entries after the last one that was read. */
  async #isCut(): Promise<boolean> {
    const { engine, keys } = this.#options;
    const [first] = (await engine.send('XRANGE', keys.tail, '-', '+', 'COUNT', '1')) as EngineReply[];
    return first !== undefined && this.#lastId !== '0-0' && isAfter(idOf(first), this.#lastId);
  }

  async #lastInEngine(): Promise<EngineReply | undefined> {
    const { engine, keys } = this.#options;
    const [entry] = (await engine.send('XREVRANGE', keys.tail, '+', '-', 'COUNT', '1')) as EngineReply[];
    return entry;
  }

  #moveTo(entry: EngineReply | undefined): void {
    this.#last = entry;
    this.#lastId = entry === undefined ? '0-0' : idOf(entry);
  }

  #ask({ primary }: EngineConnection): Asked {
    return { atMs: performance.now(), epoch: this.#epoch, primary };
  }

  /** Returns how many entries the reply has; as many as there can be if it does not count. */
  async #receive(reply: EngineReply, { atMs, epoch, primary }: Asked): Promise<number> {
    // A former primary may go on for a while, and have what the next one does not.
    if (primary !== this.#options.engine.primary) return batch;
    // Before an engine that took long to answer did so, it may have dropped what comes first.
    const isLate = performance.now() - atMs > longestAnswerMs;
    if (isLate && (await this.#isCut())) this.#mayHaveGap = true;
    if (epoch !== this.#epoch || (isLate && this.#mayHaveGap)) return batch;
    // Not when the reply came: meanwhile, the engine may have dropped what comes next.
    this.#readAtMs = Math.max(this.#readAtMs, atMs);
    if (!Array.isArray(reply)) return 0;
    const [[, entries]] = reply as [[EngineReply, readonly EngineReply[]]];
    for (const entry of entries) {
      const id = idOf(entry);
      // Both connections read.
      if (!isAfter(id, this.#lastId)) continue;
      this.#moveTo(entry);
      this.#handle(this.#entryOf(entry));
    }
    return entries.length;
  }

  #handle(entry: TailEntry): void {
    const { onEntry, onError } = this.#options;
    let work: void | Promise<void> = undefined;
    try {
      work = onEntry(entry);
    } catch (error) {
      onError(error);
    }
    if (!work) return;
    const done = work.catch(onError).finally(() => this.#working.delete(done));
    this.#working.add(done);
  }

  #entryOf(reply: EngineReply): TailEntry {
    const [id, list] = reply as [string, readonly string[]];
    const fields: Record<string, string> = {};
    for (let index = 0; index < list.length; index += 2) fields[list[index] ?? ''] = list[index + 1] ?? '';
    const [ms = 0, within = 0] = id.split('-').map(Number);
    this.#lastPlace = Math.max(this.#lastPlace + 1, ms * perMs + Math.min(within, perMs - 1));
    const { t: type = '', f: from = '', n: name = '', k: key = '', v: value = '' } = fields;
    return { type, from, name, key, value, place: this.#lastPlace };
  }
}

function idOf(entry: EngineReply): string {
  const [id] = entry as [string];
  return id;
}

function msOf(id: string): number {
  return Number(id.split('-')[0]);
}

function isAfter(a: string, b: string): boolean {
  const [aMs = 0, aWithin = 0] = a.split('-').map(Number);
  const [bMs = 0, bWithin = 0] = b.split('-').map(Number);
  return aMs === bMs ? aWithin > bWithin : aMs > bMs;
}
