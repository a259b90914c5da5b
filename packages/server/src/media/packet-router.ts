import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import { MediaError } from './media-router.ts';
import type {
  ChangedLayers,
  LostPeer,
  MediaRouter,
  PeerFacts,
  PublishRequest,
  ViewRequest,
} from './media-router.ts';
import type { OverloadWatch } from './overload-watch.ts';
import { RoutedStream } from './routed-stream.ts';
import type { CreateRtpTransport } from './transport/rtp-transport.ts';
import { SilenceWatch } from './transport/silence-watch.ts';

/** What the router is built on. */
export interface PacketRouterOptions {
  readonly createTransport: CreateRtpTransport;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly log: (level: MediaLogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Tells when this process has no time for more peers. Default: it always has. */
  readonly overload?: Pick<OverloadWatch, 'isOverloaded' | 'tick'>;
  /** Frees what all transports share, when the router closes. */
  readonly release: () => void;
}

type MediaLogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Missing packets are asked for, and feedback is sent, at this pace. */
const tickIntervalMs = 20;

/** Without a stream there is nothing to do but to see how late timers are. */
const idleTickIntervalMs = 200;

/** Routes RTP between publishers and viewers over any transport. */
export class PacketRouter implements MediaRouter {
  readonly #options: PacketRouterOptions;
  readonly #silence: SilenceWatch;
  readonly #streams = new Map<string, RoutedStream>();
  readonly #listeners = new Set<(lost: LostPeer) => void>();
  readonly #layerListeners = new Set<(changed: ChangedLayers) => void>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: PacketRouterOptions) {
    this.#options = options;
    this.#silence = new SilenceWatch(options.createTransport);
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
      throw error;
    }
  }

  addPublishCandidates(streamKey: string, candidates: readonly IceCandidate[]): void {
    this.#stream(streamKey).addPublishCandidates(candidates);
  }

  unpublish(streamKey: string): void {
    const stream = this.#streams.get(streamKey);
    if (stream) this.#remove(streamKey, stream);
  }

  setVideoBitrate(streamKey: string, videoBitrateBps: number): void {
    this.#stream(streamKey).setVideoBitrate(videoBitrateBps);
  }

  async view(request: ViewRequest): Promise<{ readonly sdpAnswer: string }> {
    const stream = this.#stream(request.streamKey);
    if (!stream.hasView(request.viewerId)) this.#assertRoom();
    const sdpAnswer = await stream.view(request);
    return { sdpAnswer };
  }

  addViewCandidates(streamKey: string, viewerId: string, candidates: readonly IceCandidate[]): void {
    this.#stream(streamKey).addViewCandidates(viewerId, candidates);
  }

  setViewedVideo(streamKey: string, viewerId: string, video: ViewedVideo): void {
    this.#stream(streamKey).setViewedVideo(viewerId, video);
  }

  stopView(streamKey: string, viewerId: string): void {
    this.#streams.get(streamKey)?.stopView(viewerId);
  }

  onPeerLost(listener: (lost: LostPeer) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onLayersChanged(listener: (changed: ChangedLayers) => void): () => void {
    this.#layerListeners.add(listener);
    return () => void this.#layerListeners.delete(listener);
  }

  facts(): Promise<readonly PeerFacts[]> {
    return Promise.resolve([...this.#streams].flatMap(([streamKey, stream]) => stream.facts(streamKey)));
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
    this.#listeners.clear();
    this.#layerListeners.clear();
    this.#options.release();
    return Promise.resolve();
  }

  #stream(streamKey: string): RoutedStream {
    const stream = this.#streams.get(streamKey);
    if (stream) return stream;
    throw new MediaError('unknown_stream', 'There is no such stream on this server; publish it first.');
  }

  /** Who is here already is served well before anybody is let in. */
  #assertRoom(): void {
    if (!this.#options.overload?.isOverloaded) return;
    throw new MediaError('overloaded', 'This media router has more to do than it has time for.');
  }

  #createStream(streamKey: string): RoutedStream {
    if (this.#isClosed) throw new MediaError('overloaded', 'The media router is closed; use another server.');
    const stream = new RoutedStream({
      createTransport: this.#silence.createTransport,
      now: this.#options.now,
      onPeerLost: (viewerId) => this.#announceLoss(streamKey, viewerId),
      onLayersChanged: (activeRids) => this.#announceLayers({ streamKey, activeRids }),
    });
    this.#streams.set(streamKey, stream);
    if (this.#streams.size === 1) this.#scheduleTick();
    return stream;
  }

  #remove(streamKey: string, stream: RoutedStream): void {
    stream.close();
    if (this.#streams.get(streamKey) === stream) this.#streams.delete(streamKey);
  }

  #announceLoss(streamKey: string, viewerId: string | undefined): void {
    const lost: LostPeer = { streamKey, ...(viewerId !== undefined && { viewerId }) };
    this.#options.log('info', 'Peer lost', { ...lost });
    this.#tell(this.#listeners, lost);
  }

  #announceLayers(changed: ChangedLayers): void {
    this.#options.log('debug', 'Viewed layers changed', { ...changed });
    this.#tell(this.#layerListeners, changed);
  }

  #tell<Fact extends object>(listeners: ReadonlySet<(fact: Fact) => void>, fact: Fact): void {
    for (const listener of listeners) {
      try {
        listener(fact);
      } catch (error) {
        this.#options.log('error', 'A listener of the media router failed', { ...fact, error });
      }
    }
  }

  /** In place of the tick that was to come. */
  #scheduleTick(): void {
    clearTimeout(this.#timer);
    const delayMs = this.#streams.size > 0 ? tickIntervalMs : idleTickIntervalMs;
    const dueMs = this.#options.now() + delayMs;
    this.#timer = setTimeout(() => {
      // Before the tick, in which somebody may close the router.
      this.#scheduleTick();
      this.#tick(dueMs);
    }, delayMs);
    this.#timer.unref();
  }

  #tick(dueMs: number): void {
    const nowMs = this.#options.now();
    for (const stream of this.#streams.values()) stream.tick(nowMs);
    this.#silence.tick(nowMs);
    this.#options.overload?.tick(nowMs, nowMs - dueMs);
  }
}
