import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { chooseProcess, type ChooseProcess } from './choose-process.ts';
import type { FromProcess, ProcessOptions } from './messages.ts';
import { isEdge, type Edge, type Placement, type PooledStream, type ProcessCalls } from './pooled-stream.ts';
import { ProcessSlot, type ProcessNews } from './process-slot.ts';
import { StreamPlaces, unpublished } from './stream-places.ts';

/** The number of processes, and the options of each. */
export interface ProcessPoolOptions {
  /** At least 1. */
  readonly processes: number;
  readonly optionsOf: (index: number) => Omit<ProcessOptions, 'relayPath'>;
  readonly log: MediaLog;
  /** Decides which process gets another view. Default: {@link chooseProcess}. */
  readonly choose?: ChooseProcess;
}

/**
 * Distributes streams over several processes of this machine. A stream's views are where its publisher is, until another process
 * has clearly less to do: then that one takes the stream over a relay, for further views.
 */
export class ProcessPoolRouter implements MediaRouter {
  readonly #options: ProcessPoolOptions;
  /** Of the sockets over which processes give each other streams; nobody else may open it. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-media-'));
  readonly #slots: readonly ProcessSlot[];
  readonly #places: StreamPlaces;
  readonly #lost: Listeners<LostPeer>;
  readonly #layers: Listeners<ChangedLayers>;
  readonly #recorded: Listeners<RecorderReport>;
  /** The process of each recorder whose last report has not come. */
  readonly #recorders = new Map<string, ProcessCalls>();
  #isClosed = false;

  constructor(options: ProcessPoolOptions) {
    this.#options = options;
    const onError = logListenerError(options.log);
    this.#lost = new Listeners<LostPeer>(onError);
    this.#layers = new Listeners<ChangedLayers>(onError);
    this.#recorded = new Listeners<RecorderReport>(onError);
    this.#slots = Array.from(
      { length: options.processes },
      (_, index) =>
        new ProcessSlot({
          index,
          options: { ...options.optionsOf(index), relayPath: this.#relayPath(index) },
          onMessage: (message) => this.#take(index, message),
          onEnd: (...end) => this.#loseProcess(index, ...end),
        }),
    );
    this.#places = new StreamPlaces({
      slots: this.#slots,
      log: options.log,
      choose: options.choose ?? chooseProcess,
    });
  }

  /** Ids of the running processes. */
  get pids(): readonly number[] {
    return this.#slots.flatMap(({ link }) => link?.pid ?? []);
  }

  async publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const existing = this.#places.find(request.streamKey);
    if (existing) return await this.#publishIn(existing, request);
    if (this.#isClosed) throw new MediaError('overloaded', 'The media router is closed.');
    let problem = new MediaError('overloaded', 'No media process is running.');
    for (const slot of this.#places.slotsByLoad()) {
      if (!slot.link) continue;
      const stream = this.#places.add(request.streamKey, slot, slot.link);
      try {
        return await this.#publishIn(stream, request);
      } catch (error) {
        // Unpublished during the request, or lost with its process: the caller decides whether to retry.
        if (!this.#places.has(stream)) throw error;
        this.#places.remove(stream);
        if (!(error instanceof MediaError) || error.code !== 'overloaded') throw error;
        problem = error;
      }
    }
    throw problem;
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    const { link, innerKey } = this.#stream(streamKey).origin;
    link.command('addPublishCandidates', innerKey, candidates);
  }

  unpublish(streamKey: string): void {
    const stream = this.#places.find(streamKey);
    if (stream) this.#places.remove(stream);
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    const { link, innerKey } = this.#stream(streamKey).origin;
    link.command('setVideoBitrate', innerKey, videoBitrateBps);
  }

  setMuted(streamKey: string, kinds: readonly MediaKind[]): void {
    const stream = this.#places.find(streamKey);
    stream?.origin.link.command('setMuted', stream.origin.innerKey, kinds);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    const { viewerId } = request;
    const stream = this.#stream(request.streamKey);
    const placement = await this.#places.placeView(stream, viewerId);
    const { link, innerKey } = placement;
    try {
      const answer = await link.request('view', { ...request, streamKey: innerKey }, (_response, isLate) => {
        if (isLate) link.command('stopView', innerKey, viewerId);
        else placement.viewerIds.add(viewerId);
      });
      if (!this.#places.has(stream)) throw unpublished();
      return answer;
    } catch (error) {
      const isGone = error instanceof MediaError && error.code === 'unknown_stream';
      if (!isGone || placement === stream.origin || !this.#places.has(stream)) throw error;
      // Its relay ended meanwhile, but the stream did not.
      throw new MediaError('overloaded', 'The relay of the stream ended during the call.');
    } finally {
      placement.pendingViews -= 1;
      this.#places.endWhenIdle(stream, placement);
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
    const stream = this.#places.find(streamKey);
    if (!stream) return;
    const placement = stream.placementOf(viewerId) ?? stream.origin;
    placement.viewerIds.delete(viewerId);
    placement.link.command('stopView', placement.innerKey, viewerId);
    this.#places.endWhenIdle(stream, placement);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    return this.#lost.add(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    return this.#layers.add(listener);
  }

  record(request: RecordRequest): void {
    const { link, innerKey } = this.#stream(request.streamKey).origin;
    this.#recorders.set(request.recorderId, link);
    link.command('record', { ...request, streamKey: innerKey });
  }

  stopRecording(streamKey: string): void {
    const stream = this.#places.find(streamKey);
    stream?.origin.link.command('stopRecording', stream.origin.innerKey);
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
        const streamKey = this.#places.findInner(facts.streamKey)?.streamKey;
        return streamKey === undefined ? [] : [{ ...facts, streamKey }];
      });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of this.#places.streams) this.#places.remove(stream);
    this.#lost.clear();
    this.#layers.clear();
    this.#recorded.clear();
    await Promise.all(this.#slots.map((slot) => slot.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #publishIn(stream: PooledStream, request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const { link, innerKey } = stream.origin;
    const answer = await link.request('publish', { ...request, streamKey: innerKey }, () => {
      stream.isPublished = true;
    });
    if (!this.#places.has(stream)) throw unpublished();
    return answer;
  }

  #take(index: number, message: ProcessNews): void {
    switch (message.kind) {
      case 'log':
        this.#options.log(message.level, message.message, { ...message.fields, mediaProcess: index });
        return;
      case 'lost':
        this.#losePeer(message);
        return;
      case 'recorded':
        if (message.report.isEnded) this.#recorders.delete(message.report.recorderId);
        this.#recorded.call(message.report);
        return;
      case 'layers': {
        const streamKey = this.#places.findInner(message.changed.streamKey)?.streamKey;
        if (streamKey !== undefined) this.#layers.call({ ...message.changed, streamKey });
      }
    }
  }

  #losePeer({ lost }: Extract<FromProcess, { kind: 'lost' }>): void {
    const stream = this.#places.findInner(lost.streamKey);
    const placement = stream?.placements.find(({ innerKey }) => innerKey === lost.streamKey);
    if (!stream || !placement) return;
    const { viewerId } = lost;
    if (viewerId === undefined && isEdge(placement)) {
      this.#loseEdge(stream, placement);
      return;
    }
    if (viewerId !== undefined) placement.viewerIds.delete(viewerId);
    this.#places.endWhenIdle(stream, placement);
    this.#lost.call({ ...lost, streamKey: stream.streamKey });
  }

  /** The relay ended: its viewers need other views. */
  #loseEdge(stream: PooledStream, edge: Edge): void {
    this.#places.endEdge(stream, edge);
    for (const viewerId of edge.viewerIds) this.#lost.call({ streamKey: stream.streamKey, viewerId });
  }

  /** Handles the exit of a process: reports the lost peers. */
  #loseProcess(index: number, link: ProcessCalls, reason: string, restartInMs: number): void {
    const { streams } = this.#places;
    const gone = streams.filter(({ origin }) => origin.link === link);
    for (const stream of gone) this.#places.remove(stream);
    this.#options.log('error', 'A media process ended', {
      mediaProcess: index,
      reason,
      streams: gone.length,
      restartInMs,
    });
    for (const [recorderId, owner] of this.#recorders) {
      if (owner !== link) continue;
      this.#recorders.delete(recorderId);
      this.#recorded.call({ recorderId, files: [], isEnded: true, failure: 'process_ended' });
    }
    for (const stream of streams) {
      for (const edge of stream.edges) if (edge.link === link) this.#loseEdge(stream, edge);
    }
    for (const { streamKey, placements, isPublished } of gone) {
      for (const { viewerIds } of placements) {
        for (const viewerId of viewerIds) this.#lost.call({ streamKey, viewerId });
      }
      if (isPublished) this.#lost.call({ streamKey });
    }
  }

  #stream(streamKey: string): PooledStream {
    const stream = this.#places.find(streamKey);
    if (stream) return stream;
    throw new MediaError('unknown_stream', 'The server has no such stream.');
  }

  #viewed(streamKey: string, viewerId: string): Placement {
    const placement = this.#stream(streamKey).placementOf(viewerId);
    if (placement) return placement;
    throw new MediaError('unknown_view', `The stream has no view "${viewerId}".`);
  }

  #relayPath(index: number): string {
    const name = `${index}.sock`;
    return process.platform === 'win32'
      ? join(String.raw`\\.\pipe`, this.#folder, name)
      : join(this.#folder, name);
  }
}
