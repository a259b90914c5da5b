import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import { Listeners } from '../../listeners.ts';
import type { MediaKind } from '../codecs/codec.ts';
import {
  MediaError,
  type ChangedLayers,
  type LostPeer,
  type MediaLog,
  type MediaRouter,
  type PeerFacts,
  type PublishRequest,
  type RecorderReport,
  type RecordRequest,
  type ViewRequest,
} from '../media-router.ts';
import { logListenerError } from '../routing/log-listener-error.ts';
import { backOffMs } from './back-off.ts';
import { MediaProcessLink, type MediaProcessEvents } from './media-process-link.ts';
import type { FromProcess, ProcessOptions } from './messages.ts';

/** The number of processes, and the options of each. */
export interface ProcessPoolOptions {
  /** At least 1. */
  readonly processes: number;
  readonly optionsOf: (index: number) => ProcessOptions;
  readonly log: MediaLog;
}

/** A slot for a process; it outlives the processes in it. */
interface Slot {
  readonly index: number;
  link: MediaProcessLink | undefined;
  isReady: boolean;
  startedMs: number;
  failures: number;
  restart: NodeJS.Timeout | undefined;
}

/** A stream, its process, and its views. */
interface PooledStream {
  readonly streamKey: string;
  /**
   * Its name in its process: a new one each time a key is reused, so that late messages never reach the wrong stream.
   */
  readonly innerKey: string;
  readonly slot: Slot;
  readonly link: MediaProcessLink;
  readonly viewerIds: Set<string>;
  isPublished: boolean;
  /** Number of views being set up. */
  pendingViews: number;
}

/** Distributes streams over several processes of this machine; a stream and its views share one process. */
export class ProcessPoolRouter implements MediaRouter {
  readonly #options: ProcessPoolOptions;
  readonly #slots: readonly Slot[];
  readonly #streams = new Map<string, PooledStream>();
  readonly #byInnerKey = new Map<string, PooledStream>();
  readonly #lost: Listeners<LostPeer>;
  readonly #layers: Listeners<ChangedLayers>;
  readonly #recorded: Listeners<RecorderReport>;
  /** The process of each recorder whose last report has not come. */
  readonly #recorders = new Map<string, MediaProcessLink>();
  #streamCount = 0;
  #isClosed = false;

  constructor(options: ProcessPoolOptions) {
    this.#options = options;
    const onError = logListenerError(options.log);
    this.#lost = new Listeners<LostPeer>(onError);
    this.#layers = new Listeners<ChangedLayers>(onError);
    this.#recorded = new Listeners<RecorderReport>(onError);
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

  /** Ids of the running processes. */
  get pids(): readonly number[] {
    return this.#slots.flatMap(({ link }) => link?.pid ?? []);
  }

  async publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const existing = this.#streams.get(request.streamKey);
    if (existing) return await this.#publishIn(existing, request);
    let problem = new MediaError('overloaded', 'No media process is running.');
    for (const slot of this.#slotsByLoad()) {
      if (!slot.link) continue;
      const stream = this.#add(request.streamKey, slot, slot.link);
      try {
        return await this.#publishIn(stream, request);
      } catch (error) {
        // Unpublished during the request, or lost with its process: the caller decides whether to retry.
        if (!this.#has(stream)) throw error;
        this.#remove(stream);
        stream.link.command('unpublish', stream.innerKey);
        if (!(error instanceof MediaError) || error.code !== 'overloaded') throw error;
        problem = error;
      }
    }
    throw problem;
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    const { link, innerKey } = this.#stream(streamKey);
    link.command('addPublishCandidates', innerKey, candidates);
  }

  unpublish(streamKey: string): void {
    const stream = this.#streams.get(streamKey);
    if (!stream) return;
    this.#remove(stream);
    stream.link.command('unpublish', stream.innerKey);
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    const { link, innerKey } = this.#stream(streamKey);
    link.command('setVideoBitrate', innerKey, videoBitrateBps);
  }

  setMuted(streamKey: string, kinds: readonly MediaKind[]): void {
    const stream = this.#streams.get(streamKey);
    stream?.link.command('setMuted', stream.innerKey, kinds);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    const { viewerId } = request;
    const stream = this.#stream(request.streamKey);
    const { link, innerKey } = stream;
    stream.pendingViews += 1;
    try {
      const answer = await link.request('view', { ...request, streamKey: innerKey }, (_response, isLate) => {
        if (isLate) link.command('stopView', innerKey, viewerId);
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
    link.command('addViewCandidates', innerKey, viewerId, candidates);
  }

  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void {
    const { link, innerKey } = this.#viewed(streamKey, viewerId);
    link.command('setViewedVideo', innerKey, viewerId, video);
  }

  stopView(streamKey: string, viewerId: string): void {
    const stream = this.#streams.get(streamKey);
    if (!stream) return;
    stream.viewerIds.delete(viewerId);
    stream.link.command('stopView', stream.innerKey, viewerId);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    return this.#lost.add(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    return this.#layers.add(listener);
  }

  record(request: RecordRequest): void {
    const { link, innerKey } = this.#stream(request.streamKey);
    this.#recorders.set(request.recorderId, link);
    link.command('record', { ...request, streamKey: innerKey });
  }

  stopRecording(streamKey: string): void {
    const stream = this.#streams.get(streamKey);
    stream?.link.command('stopRecording', stream.innerKey);
  }

  onRecorded(listener: (report: RecorderReport) => void): () => void {
    return this.#recorded.add(listener);
  }

  async facts(): Promise<readonly PeerFacts[]> {
    const answers = await Promise.allSettled(
      this.#slots.flatMap(({ link }) => link?.request('facts', null) ?? []),
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
    this.#recorded.clear();
    for (const { restart } of this.#slots) clearTimeout(restart);
    await Promise.all(this.#slots.flatMap(({ link }) => link?.close() ?? []));
  }

  async #publishIn(stream: PooledStream, request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const { link, innerKey } = stream;
    const answer = await link.request('publish', { ...request, streamKey: innerKey }, () => {
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
      case 'recorded':
        if (message.report.isEnded) this.#recorders.delete(message.report.recorderId);
        this.#recorded.call(message.report);
        return;
      case 'layers': {
        const streamKey = this.#byInnerKey.get(message.changed.streamKey)?.streamKey;
        if (streamKey !== undefined) this.#layers.call({ ...message.changed, streamKey });
      }
    }
  }

  #lose({ lost }: Extract<FromProcess, { kind: 'lost' }>): void {
    const stream = this.#byInnerKey.get(lost.streamKey);
    if (!stream) return;
    if (lost.viewerId !== undefined) stream.viewerIds.delete(lost.viewerId);
    this.#lost.call({ ...lost, streamKey: stream.streamKey });
  }

  /** Handles the exit of a process: reports the lost peers, and schedules its replacement. */
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
    for (const [recorderId, owner] of this.#recorders) {
      if (owner !== link) continue;
      this.#recorders.delete(recorderId);
      this.#recorded.call({ recorderId, files: [], isEnded: true, failure: 'process_ended' });
    }
    for (const { streamKey, viewerIds, isPublished } of gone) {
      for (const viewerId of viewerIds) this.#lost.call({ streamKey, viewerId });
      if (isPublished) this.#lost.call({ streamKey });
    }
  }

  /** Slots with a running process first, then those with the fewest peers. */
  #slotsByLoad(): readonly Slot[] {
    const loads = new Map<Slot, number>(this.#slots.map((slot) => [slot, slot.isReady ? 0 : 1e6]));
    for (const { slot, viewerIds, pendingViews } of this.#streams.values()) {
      loads.set(slot, (loads.get(slot) ?? 0) + 1 + viewerIds.size + pendingViews);
    }
    return this.#slots.toSorted((a, b) => (loads.get(a) ?? 0) - (loads.get(b) ?? 0));
  }

  #add(streamKey: string, slot: Slot, link: MediaProcessLink): PooledStream {
    if (this.#isClosed) throw new MediaError('overloaded', 'The media router is closed.');
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
    throw new MediaError('unknown_stream', 'The server has no such stream.');
  }

  #viewed(streamKey: string, viewerId: string): PooledStream {
    const stream = this.#stream(streamKey);
    if (stream.viewerIds.has(viewerId)) return stream;
    throw new MediaError('unknown_view', `The stream has no view "${viewerId}".`);
  }
}

function unpublished(): MediaError {
  return new MediaError('unknown_stream', 'The stream was unpublished during the call.');
}
