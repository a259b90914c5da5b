import { randomUUID } from 'node:crypto';
import type { EngineConnection, EngineReply } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { declareDeadScript, leaveScript, renewScript } from './engine-scripts.ts';

/** What nodes know of each other. */
export interface NodeInfo {
  /** Where other nodes reach it. */
  readonly url: string;
  /** Whether it is about to leave. */
  readonly isDraining?: boolean;
  /** How many media connections it has. */
  readonly load?: number;
}

/** What {@link NodeLease} needs. */
export interface NodeLeaseOptions {
  readonly engine: EngineConnection;
  readonly keys: EngineKeys;
  readonly node: NodeInfo;
  /** How long a node may be silent before others declare it dead, in milliseconds. */
  readonly leaseMs: number;
  /** Called after each renewal, once the engine answered for a whole lease. */
  readonly onTick: () => Promise<void>;
  /** Called when other nodes declared this node dead, and it continues as a new one. */
  readonly onReplaced: () => Promise<void>;
  /** Called when the engine answers for the first time, or again. */
  readonly onContact: () => void;
  /** Called when the clock of this machine is off, in milliseconds; with 0 when it is right again. */
  readonly onClockOff: (offMs: number) => void;
  /** Receives errors that no caller waits for. */
  readonly onError: (error: unknown) => void;
}

/** Tokens and timestamps of nodes must agree about the time, except for this much. */
export const clockToleranceMs = 30_000;

/**
 * This node's place among the nodes. It renews a lease; a node whose lease ran out is declared dead by another one, and its
 * incarnation can then change nothing. Nobody is declared dead by a node that has not itself reached the engine for a whole lease:
 * otherwise, all nodes would declare each other dead when the engine comes back after an outage.
 */
export class NodeLease {
  readonly #options: NodeLeaseOptions;
  #incarnation = randomUUID();
  #nodes: ReadonlyMap<string, NodeInfo> = new Map();
  #contactSinceMs = Infinity;
  #lastTickMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #isClosed = false;
  #isDraining = false;
  #load: () => number = () => 0;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
  }

  /** Names this node, from its start or its last replacement on. */
  get incarnation(): string {
    return this.#incarnation;
  }

  /** The nodes that were not declared dead, by incarnation. */
  get nodes(): ReadonlyMap<string, NodeInfo> {
    return this.#nodes;
  }

  get leaseMs(): number {
    return this.#options.leaseMs;
  }

  /** Whether the engine answers. */
  get isInContact(): boolean {
    return this.#contactSinceMs !== Infinity;
  }

  /** Takes the first lease. */
  async begin(): Promise<void> {
    await this.#renew();
    await this.#readNodes();
    this.#lastTickMs = performance.now();
    this.#schedule();
  }

  /** A node by its incarnation, also one that registered a moment ago; undefined if it is gone. */
  async find(incarnation: string): Promise<NodeInfo | undefined> {
    if (!this.#nodes.has(incarnation)) await this.#readNodes();
    return this.#nodes.get(incarnation);
  }

  /** Notes that the engine did not answer. */
  lose(): void {
    this.#contactSinceMs = Infinity;
  }

  /** Asks whether this node is still alive to others, after the engine refused it. */
  check(): void {
    this.#tick().catch(this.#options.onError);
  }

  /** Tells `load` with each renewal from now on. */
  reportLoad(load: () => number): void {
    this.#load = load;
  }

  /** Tells all nodes that this one is about to leave. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#renew();
  }

  /** The nodes that are neither this one nor about to leave, as the engine says now. */
  async others(): Promise<readonly NodeInfo[]> {
    await this.#readNodes();
    return [...this.#nodes].flatMap(([incarnation, node]) =>
      incarnation === this.#incarnation || node.isDraining ? [] : [node],
    );
  }

  /** Whether a node is about to leave, as the engine says now. */
  async isDraining(incarnation: string): Promise<boolean> {
    await this.#readNodes();
    return this.#nodes.get(incarnation)?.isDraining === true;
  }

  /** Ends this incarnation, so that others need not wait for its lease to run out. */
  async leave(): Promise<void> {
    this.close();
    const { engine, keys } = this.#options;
    const all = [keys.lease(this.#incarnation), keys.nodes, keys.dead, keys.tail];
    await engine.run(leaveScript, all, [this.#incarnation]);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#tick()
        // Each request that needs the engine reports that it is away.
        .catch(() => this.lose())
        .finally(() => this.#schedule());
    }, this.#options.leaseMs / 3);
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    const { leaseMs, onTick, onError } = this.#options;
    const nowMs = performance.now();
    // This process may have been suspended, and has heard nobody.
    if (nowMs - this.#lastTickMs > leaseMs) this.lose();
    this.#lastTickMs = nowMs;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    await this.#renewing;
    if (performance.now() - this.#contactSinceMs < leaseMs) return;
    await this.#readNodes();
    await this.#declareDead();
    await onTick().catch(onError);
  }

  async #renew(): Promise<void> {
    const { engine, keys, leaseMs, onContact, onReplaced, onClockOff } = this.#options;
    const more = { ...(this.#isDraining && { isDraining: true }), load: this.#load() };
    const node: NodeInfo = { ...this.#options.node, ...more };
    const renew = (): Promise<EngineReply> =>
      engine.run(
        renewScript,
        [keys.lease(this.#incarnation), keys.nodes, keys.dead],
        [this.#incarnation, String(leaseMs), JSON.stringify(node)],
      );
    let time = await renew();
    if (time === null) {
      this.#incarnation = randomUUID();
      time = await renew();
      this.lose();
      await onReplaced();
    }
    if (!this.isInContact) {
      this.#contactSinceMs = performance.now();
      onContact();
    }
    const [seconds, microseconds] = time as readonly EngineReply[];
    const offMs = Date.now() - (Number(seconds) * 1000 + Number(microseconds) / 1000);
    onClockOff(Math.abs(offMs) > clockToleranceMs ? offMs : 0);
  }

  async #readNodes(): Promise<void> {
    const { engine, keys } = this.#options;
    const flat = (await engine.send('HGETALL', keys.nodes)) as readonly string[];
    const nodes = new Map<string, NodeInfo>();
    for (let index = 0; index < flat.length; index += 2) {
      nodes.set(flat[index] ?? '', JSON.parse(flat[index + 1] ?? '{}') as NodeInfo);
    }
    this.#nodes = nodes;
  }

  async #declareDead(): Promise<void> {
    const { engine, keys } = this.#options;
    for (const incarnation of this.#nodes.keys()) {
      if (incarnation === this.#incarnation) continue;
      const all = [keys.lease(incarnation), keys.nodes, keys.dead, keys.tail];
      const isDead = await engine.run(declareDeadScript, all, [this.#incarnation, incarnation]);
      if (isDead === 1) await this.#readNodes();
    }
  }
}
