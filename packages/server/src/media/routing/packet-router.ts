import type { Duplex } from 'node:stream';
import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import { Listeners } from '../../listeners.ts';
import { machineClockMs } from '../../machine-clock.ts';
import { SharedLinks } from '../bandwidth/shared-links.ts';
import type { MediaKind } from '../codecs/codec.ts';
import type { PacketDump } from '../dump/packet-dump.ts';
import {
  MediaError,
  type ChangedLayers,
  type LostPeer,
  type MediaLog,
  type PeerFacts,
  type PublishRequest,
  type RecorderReport,
  type RecordRequest,
  type RelayingRouter,
  type ViewRequest,
} from '../media-router.ts';
import { TransportSetupError, type CreateRtpTransport } from '../transport/rtp-transport.ts';
import { SilenceWatch } from '../transport/silence-watch.ts';
import { logListenerError } from './log-listener-error.ts';
import type { OverloadWatch } from './overload-watch.ts';
import { RelayedStream } from './relayed-stream.ts';
import { RoutedStream, type RoutedStreamOptions } from './routed-stream.ts';
import type { StreamViews, StreamViewsOptions } from './stream-views.ts';

/** What {@link PacketRouter} needs. */
export interface PacketRouterOptions {
  readonly createTransport: CreateRtpTransport;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly log: MediaLog;
  /** Detects when this process has no time for more peers. Default: never. */
  readonly overload?: Pick<OverloadWatch, 'isOverloaded' | 'tick'>;
  /** Records the packets of chosen peers. Default: of none. */
  readonly dump?: Pick<PacketDump, 'tap'>;
  /** Frees what all transports share; called when the router closes. */
  readonly release: () => void | Promise<void>;
}

/** Interval for requesting missing packets and sending feedback. */
const tickIntervalMs = 20;

/** Without streams the tick only measures the delay of timers. */
const idleTickIntervalMs = 200;

/** Routes RTP between publishers and viewers over any transport. */
export class PacketRouter implements RelayingRouter {
  readonly #options: PacketRouterOptions;
  readonly #silence: SilenceWatch;
  readonly #links = new SharedLinks();
  readonly #streams = new Map<string, RoutedStream>();
  /** Streams that come from other routers. */
  readonly #relayed = new Map<string, RelayedStream>();
  readonly #lostListeners: Listeners<LostPeer>;
  readonly #layerListeners: Listeners<ChangedLayers>;
  readonly #recordListeners: Listeners<RecorderReport>;
  /** Recorders that complete their files. */
  readonly #endingRecorders = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: PacketRouterOptions) {
    this.#options = options;
    this.#silence = new SilenceWatch(options.createTransport);
    const onError = logListenerError(options.log);
    this.#lostListeners = new Listeners<LostPeer>(onError);
    this.#layerListeners = new Listeners<ChangedLayers>(onError);
    this.#recordListeners = new Listeners<RecorderReport>(onError);
    this.#scheduleTick();
  }

  async publish(request: PublishRequest): Promise<{ readonly sdpAnswer: string }> {
    const { streamKey } = request;
    const existing = this.#streams.get(streamKey);
    if (!existing) this.#assertRoom();
    const stream = existing ?? this.#createStream(streamKey);
    try {
      const sdpAnswer = await stream.publish(request);
      this.#options.log('debug', 'Stream published', { streamKey, isReplaced: existing !== undefined });
      return { sdpAnswer };
    } catch (error) {
      if (!existing) this.#remove(streamKey, stream);
      throw this.#mediaErrorFor(error);
    }
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    this.#stream(streamKey).addPublishCandidates(candidates);
  }

  unpublish(streamKey: string): void {
    const stream = this.#streams.get(streamKey);
    if (stream) this.#remove(streamKey, stream);
    const relayed = this.#relayed.get(streamKey);
    this.#relayed.delete(streamKey);
    relayed?.close();
  }

  sendRelay(streamKey: string, connection: Duplex): void {
    this.#stream(streamKey).relay(connection);
  }

  receiveRelay(streamKey: string, connection: Duplex): Promise<void> {
    if (this.#isClosed) return Promise.reject(new MediaError('overloaded', 'The media router is closed.'));
    this.unpublish(streamKey);
    return new Promise((resolve, reject) => {
      const stream: RelayedStream = new RelayedStream({
        ...this.#streamOptions(streamKey),
        connection,
        onKnown: resolve,
        onEnd: () => {
          stream.close();
          reject(new MediaError('unknown_stream', 'The router of the stream ended its relay.'));
          if (this.#relayed.get(streamKey) !== stream) return;
          this.#relayed.delete(streamKey);
          this.#announceLoss(streamKey, undefined);
        },
      });
      this.#relayed.set(streamKey, stream);
      this.#scheduleTick();
    });
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    this.#stream(streamKey).setVideoBitrate(videoBitrateBps);
  }

  setMuted(streamKey: string, kinds: readonly MediaKind[]): void {
    this.#streams.get(streamKey)?.setMuted(kinds);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    const { streamKey, viewerId } = request;
    const stream = this.#relayed.get(streamKey) ?? this.#stream(streamKey);
    if (!stream.views.has(viewerId)) this.#assertRoom();
    try {
      return { sdpAnswer: await stream.view(request) };
    } catch (error) {
      throw this.#mediaErrorFor(error);
    }
  }

  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void {
    this.#views(streamKey).addCandidates(viewerId, candidates);
  }

  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void {
    this.#views(streamKey).setVideo(viewerId, video);
  }

  stopView(streamKey: string, viewerId: string): void {
    (this.#relayed.get(streamKey) ?? this.#streams.get(streamKey))?.views.stop(viewerId);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    return this.#lostListeners.add(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    return this.#layerListeners.add(listener);
  }

  record(request: RecordRequest): void {
    const { now } = this.#options;
    const sinceStartMs = Math.max(0, machineClockMs() - request.startedAtMs);
    const onReport = (report: RecorderReport): void => this.#recordListeners.call(report);
    const stream = this.#stream(request.streamKey);
    this.#awaitRecorder(stream.record({ request, startedMs: now() - sinceStartMs, now, onReport }));
  }

  stopRecording(streamKey: string): void {
    const stream = this.#streams.get(streamKey);
    if (stream) this.#awaitRecorder(stream.stopRecording('stopped'));
  }

  onRecorded(listener: (report: RecorderReport) => void): () => void {
    return this.#recordListeners.add(listener);
  }

  get peerCount(): number {
    let count = 0;
    for (const { hasPublisher, views } of this.#streams.values()) count += views.count + Number(hasPublisher);
    for (const { views } of this.#relayed.values()) count += views.count + 1;
    return count;
  }

  facts(): Promise<readonly PeerFacts[]> {
    const streams = [...this.#streams, ...this.#relayed];
    return Promise.resolve(streams.flatMap(([streamKey, stream]) => stream.facts(streamKey)));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const stream of this.#streams.values()) {
      this.#awaitRecorder(stream.stopRecording('stream_ended'));
      stream.close();
    }
    this.#streams.clear();
    this.#lostListeners.clear();
    this.#layerListeners.clear();
    for (const stream of this.#relayed.values()) stream.close();
    await Promise.all(this.#endingRecorders);
    this.#recordListeners.clear();
    await this.#options.release();
  }

  #stream(streamKey: string): RoutedStream {
    const stream = this.#streams.get(streamKey);
    if (stream) return stream;
    throw new MediaError('unknown_stream', 'The server has no such stream.');
  }

  #views(streamKey: string): StreamViews {
    return (this.#relayed.get(streamKey) ?? this.#stream(streamKey)).views;
  }

  /** Protects existing peers before accepting new ones. */
  #assertRoom(): void {
    if (!this.#options.overload?.isOverloaded) return;
    throw new MediaError('overloaded', 'The media router is overloaded.');
  }

  /** A machine without descriptors or ports has no room for another peer; everything else stays as it is. */
  #mediaErrorFor(error: unknown): unknown {
    if (!(error instanceof TransportSetupError)) return error;
    this.#options.log('warn', 'A transport could not be set up; check LimitNOFILE and the UDP ports', {
      err: error,
    });
    return new MediaError('overloaded', 'The server has no sockets or ports left for media.', {
      cause: error,
    });
  }

  #createStream(streamKey: string): RoutedStream {
    if (this.#isClosed) throw new MediaError('overloaded', 'The media router is closed.');
    const stream = new RoutedStream({
      ...this.#streamOptions(streamKey),
      onPublisherLost: () => this.#announceLoss(streamKey, undefined),
      onLayersChanged: (activeRids) => this.#announceLayers({ streamKey, activeRids }),
    });
    this.#streams.set(streamKey, stream);
    if (this.#streams.size === 1) this.#scheduleTick();
    return stream;
  }

  /** What every stream needs, wherever its publisher is connected. */
  #streamOptions(
    streamKey: string,
  ): Omit<StreamViewsOptions, 'published'> & Pick<RoutedStreamOptions, 'createTransport'> {
    return {
      createTransport: (events, viewerId) => this.#transportsOf(streamKey, viewerId)(events),
      now: this.#options.now,
      links: this.#links,
      onLost: (viewerId) => this.#announceLoss(streamKey, viewerId),
    };
  }

  #transportsOf(streamKey: string, viewerId: string | undefined): CreateRtpTransport {
    const { createTransport } = this.#silence;
    return this.#options.dump?.tap(createTransport, { streamKey, viewerId }) ?? createTransport;
  }

  #remove(streamKey: string, stream: RoutedStream): void {
    this.#awaitRecorder(stream.stopRecording('stream_ended'));
    stream.close();
    if (this.#streams.get(streamKey) === stream) this.#streams.delete(streamKey);
  }

  /** Lets a recorder complete its files before the router closes. */
  #awaitRecorder(ending: Promise<void>): void {
    this.#endingRecorders.add(ending);
    void ending.finally(() => this.#endingRecorders.delete(ending));
  }

  #announceLoss(streamKey: string, viewerId: string | undefined): void {
    const lost: LostPeer = { streamKey, ...(viewerId !== undefined && { viewerId }) };
    // Ids only at debug: operators keep the other levels.
    this.#options.log('info', 'Peer lost', { role: viewerId === undefined ? 'publisher' : 'viewer' });
    this.#options.log('debug', 'The lost peer was', { ...lost });
    this.#lostListeners.call(lost);
  }

  #announceLayers(changed: ChangedLayers): void {
    this.#options.log('debug', 'Viewed layers changed', { ...changed });
    this.#layerListeners.call(changed);
  }

  /** Replaces the scheduled tick. */
  #scheduleTick(): void {
    clearTimeout(this.#timer);
    const delayMs = this.#streams.size + this.#relayed.size > 0 ? tickIntervalMs : idleTickIntervalMs;
    const dueMs = this.#options.now() + delayMs;
    this.#timer = setTimeout(() => {
      // Before the tick, in which a listener may close the router.
      this.#scheduleTick();
      this.#tick(dueMs);
    }, delayMs);
    this.#timer.unref();
  }

  #tick(dueMs: number): void {
    const nowMs = this.#options.now();
    for (const stream of this.#streams.values()) stream.tick(nowMs);
    for (const stream of this.#relayed.values()) stream.tick(nowMs);
    this.#silence.tick(nowMs);
    this.#options.overload?.tick(nowMs, nowMs - dueMs);
  }
}
