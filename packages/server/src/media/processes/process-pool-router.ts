import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import { MediaError } from '../media-router.ts';
import type {
  ChangedLayers,
  LostPeer,
  MediaRouter,
  PeerFacts,
  PublishRequest,
  ViewRequest,
} from '../media-router.ts';
import { backOffMs } from './back-off.ts';
import { Listeners } from './listeners.ts';
import { MediaProcessLink } from './media-process-link.ts';
import type { MediaProcessEvents } from './media-process-link.ts';
import type { FromProcess, LogLevel, ProcessOptions } from './messages.ts';

/** How many processes there are, and what each is set up with. */
export interface ProcessPoolOptions {
  /** At least 1. */
  readonly processes: number;
  readonly optionsOf: (index: number) => ProcessOptions;
  readonly log: (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** One place for a process, which outlives the processes in it. */
interface Slot {
  readonly index: number;
  link: MediaProcessLink | undefined;
  isReady: boolean;
  startedMs: number;
  failures: number;
  restart: NodeJS.Timeout | undefined;
}

/** A stream, the process it lives in, and its views. */
interface PooledStream {
  readonly streamKey: string;
  /** Its name in its process: another each time a key is used again, so that late news never meet the wrong stream. */
  readonly innerKey: string;
  readonly slot: Slot;
  readonly link: MediaProcessLink;
  readonly viewerIds: Set<string>;
  isPublished: boolean;
  /** Views that are being set up. */
  pendingViews: number;
}

/** Spreads streams over several processes of this machine; a stream and its views live together in one of them. */
export class ProcessPoolRouter implements MediaRouter {
  readonly #options: ProcessPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #streams = new Map<string, PooledStream>();
  readonly #byInnerKey = new Map<string, PooledStream>();
  readonly #lost: Listeners<LostPeer>;
  readonly #layers: Listeners<ChangedLayers>;
  #streamCount = 0;
  #isClosed = false;

  constructor(options: ProcessPoolOptions) {
    this.#options = options;
    const onError = (error: unknown): void =>
      options.log('error', 'A listener of the media router failed', { error });
    this.#lost = new Listeners(onError);
    this.#layers = new Listeners(onError);
    this.#slots = Array.from({ length: options.processes }, (_, index) => ({
      index,
      link: undefined,
      isReady: false,
      startedMs: 0,
      failures: 0,
      restart: undefined,
    }));
    for (const slot of this.#slots) this.#start(slot);
  }

  /** Ids of the processes that run now. */
  get pids(): readonly number[] {
    return this.#slots.flatMap(({ link }) => link?.pid ?? []);
  }

  async publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const existing = this.#streams.get(request.streamKey);
    if (existing) return await this.#publishIn(existing, request);
    let problem = new MediaError('overloaded', 'No media process runs at the moment.');
    for (const slot of this.#slotsByLoad()) {
      if (!slot.link) continue;
      const stream = this.#add(request.streamKey, slot, slot.link);
      try {
        return await this.#publishIn(stream, request);
      } catch (error) {
        // Unpublished meanwhile, or gone with its process: another place is the caller's decision.
        if (!this.#has(stream)) throw error;
        this.#remove(stream);
        stream.link.order('unpublish', stream.innerKey);
        if (!(error instanceof MediaError) || error.code !== 'overloaded') throw error;
        problem = error;
      }
    }
    throw problem;
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    const { link, innerKey } = this.#stream(streamKey);
    link.order('addPublishCandidates', innerKey, candidates);
  }

  unpublish(streamKey: string): void {
    const stream = this.#streams.get(streamKey);
    if (!stream) return;
    this.#remove(stream);
    stream.link.order('unpublish', stream.innerKey);
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    const { link, innerKey } = this.#stream(streamKey);
    link.order('setVideoBitrate', innerKey, videoBitrateBps);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    const { viewerId } = request;
    const stream = this.#stream(request.streamKey);
    const { link, innerKey } = stream;
    stream.pendingViews += 1;
    try {
      const answer = await link.ask('view', { ...request, streamKey: innerKey }, (_answer, isLate) => {
        if (isLate) link.order('stopView', innerKey, viewerId);
        else stream.viewerIds.add(viewerId);
      });
      if (!this.#has(stream)) throw unpublished();
      return answer;
    } finally {
      stream.pendingViews -= 1;
    }
  }

  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void {
    const { link, innerKey } = this.#viewed(streamKey, viewerId);
    link.order('addViewCandidates', innerKey, viewerId, candidates);
  }

  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void {
    const { link, innerKey } = this.#viewed(streamKey, viewerId);
    link.order('setViewedVideo', innerKey, viewerId, video);
  }

  stopView(streamKey: string, viewerId: string): void {
    const stream = this.#streams.get(streamKey);
    if (!stream) return;
    stream.viewerIds.delete(viewerId);
    stream.link.order('stopView', stream.innerKey, viewerId);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    return this.#lost.add(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    return this.#layers.add(listener);
  }

  async facts(): Promise<readonly PeerFacts[]> {
    const answers = await Promise.allSettled(
      this.#slots.flatMap(({ link }) => link?.ask('facts', null) ?? []),
    );
    return answers
      .flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      .flatMap((facts) => {
        const streamKey = this.#byInnerKey.get(facts.streamKey)?.streamKey;
        return streamKey === undefined ? [] : [{ ...facts, streamKey }];
      });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#streams.clear();
    this.#byInnerKey.clear();
    this.#lost.clear();
    this.#layers.clear();
    for (const { restart } of this.#slots) clearTimeout(restart);
    await Promise.all(this.#slots.flatMap(({ link }) => link?.close() ?? []));
  }

  async #publishIn(stream: PooledStream, request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const { link, innerKey } = stream;
    const answer = await link.ask('publish', { ...request, streamKey: innerKey }, () => {
      stream.isPublished = true;
    });
    if (!this.#has(stream)) throw unpublished();
    return answer;
  }

  #start(slot: Slot): void {
    const events: MediaProcessEvents = {
      onMessage: (message) => this.#take(slot, message),
      onEnd: (reason) => this.#replace(slot, link, reason),
    };
    slot.startedMs = performance.now();
    slot.isReady = false;
    const link = new MediaProcessLink(this.#options.optionsOf(slot.index), events);
    slot.link = link;
  }

  #take(slot: Slot, message: Parameters<MediaProcessEvents['onMessage']>[0]): void {
    switch (message.kind) {
      case 'ready':
        slot.isReady = true;
        return;
      case 'log':
        this.#options.log(message.level, message.message, { ...message.fields, mediaProcess: slot.index });
        return;
      case 'lost':
        this.#lose(message);
        return;
      case 'layers': {
        const streamKey = this.#byInnerKey.get(message.changed.streamKey)?.streamKey;
        if (streamKey !== undefined) this.#layers.tell({ ...message.changed, streamKey });
      }
    }
  }

  #lose({ lost }: Extract<FromProcess, { kind: 'lost' }>): void {
    const stream = this.#byInnerKey.get(lost.streamKey);
    if (!stream) return;
    if (lost.viewerId !== undefined) stream.viewerIds.delete(lost.viewerId);
    this.#lost.tell({ ...lost, streamKey: stream.streamKey });
  }

  /** A process has ended: tells who went with it, and starts another in its place. */
  #replace(slot: Slot, link: MediaProcessLink, reason: string): void {
    if (slot.link === link) slot.link = undefined;
    if (this.#isClosed) return;
    const gone = [...this.#streams.values()].filter((stream) => stream.link === link);
    for (const stream of gone) this.#remove(stream);
    const delayMs = backOffMs(slot, performance.now());
    this.#options.log('error', 'A media process ended', {
      mediaProcess: slot.index,
      reason,
      streams: gone.length,
      restartInMs: delayMs,
    });
    slot.restart = setTimeout(() => this.#start(slot), delayMs);
    for (const { streamKey, viewerIds, isPublished } of gone) {
      for (const viewerId of viewerIds) this.#lost.tell({ streamKey, viewerId });
      if (isPublished) this.#lost.tell({ streamKey });
    }
  }

  /** Those that run already come first, then those with the fewest peers. */
  #slotsByLoad(): readonly Slot[] {
    const loads = new Map<Slot, number>(this.#slots.map((slot) => [slot, slot.isReady ? 0 : 1e6]));
    for (const { slot, viewerIds, pendingViews } of this.#streams.values()) {
      loads.set(slot, (loads.get(slot) ?? 0) + 1 + viewerIds.size + pendingViews);
    }
    return this.#slots.toSorted((a, b) => (loads.get(a) ?? 0) - (loads.get(b) ?? 0));
  }

  #add(streamKey: string, slot: Slot, link: MediaProcessLink): PooledStream {
    if (this.#isClosed) throw new MediaError('overloaded', 'The media router is closed; use another server.');
    this.#streamCount += 1;
    const stream: PooledStream = {
      streamKey,
      innerKey: `${streamKey}#${this.#streamCount}`,
      slot,
      link,
      viewerIds: new Set(),
      isPublished: false,
      pendingViews: 0,
    };
    this.#streams.set(streamKey, stream);
    this.#byInnerKey.set(stream.innerKey, stream);
    return stream;
  }

  #remove(stream: PooledStream): void {
    this.#byInnerKey.delete(stream.innerKey);
    if (this.#has(stream)) this.#streams.delete(stream.streamKey);
  }

  #has(stream: PooledStream): boolean {
    return this.#streams.get(stream.streamKey) === stream;
  }

  #stream(streamKey: string): PooledStream {
    const stream = this.#streams.get(streamKey);
    if (stream) return stream;
    throw new MediaError('unknown_stream', 'There is no such stream on this server; publish it first.');
  }

  #viewed(streamKey: string, viewerId: string): PooledStream {
    const stream = this.#stream(streamKey);
    if (stream.viewerIds.has(viewerId)) return stream;
    throw new MediaError('unknown_view', `There is no view "${viewerId}" of this stream; view it first.`);
  }
}

function unpublished(): MediaError {
  return new MediaError('unknown_stream', 'The stream was unpublished in the meantime; publish it again.');
}
