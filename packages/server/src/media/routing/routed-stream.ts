import type { Duplex } from 'node:stream';
import type { IceCandidate } from '@parley-rtc/contract';
import { hasSameCodecs, type AcceptedMedia } from '../accepted-media.ts';
import type { SharedLinks } from '../bandwidth/shared-links.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { PublisherPeer } from '../incoming/publisher-peer.ts';
import type { PeerFacts, PublishRequest, RecordedFileEnd, ViewRequest } from '../media-router.ts';
import { ActiveLayers } from '../outgoing/active-layers.ts';
import { SourceCap, type CappingView } from '../outgoing/source-cap.ts';
import { StreamRecorder, type StreamRecorderOptions } from '../recording/stream-recorder.ts';
import { OutgoingRelays } from '../relay/outgoing-relays.ts';
import { writeMedia } from '../relay/relay-messages.ts';
import { acceptPublish } from '../sdp/accept-publish.ts';
import { chosenTransport } from '../sdp/chosen-transport.ts';
import { parseOffer } from '../sdp/parse-offer.ts';
import { startBitrateFor, writeAnswer } from '../sdp/write-answer.ts';
import type { RtpTransport, RtpTransportEvents } from '../transport/rtp-transport.ts';
import { addCandidates, assertOpen } from './connect-peer.ts';
import { StreamViews } from './stream-views.ts';

/** What a stream needs from its router. */
export interface RoutedStreamOptions {
  /** Makes the transport of the publisher, or of the view with this id. */
  readonly createTransport: (events: RtpTransportEvents, viewerId?: string) => RtpTransport;
  /** The links of viewers, which views of other streams use too. */
  readonly links: Pick<SharedLinks, 'hold'>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Called when the publisher was lost. */
  readonly onPublisherLost: () => void;
  /** Called when a view was lost and removed. */
  readonly onLost: (viewerId: string) => void;
  /** Called when the set of viewed simulcast layers changes. */
  readonly onLayersChanged: (activeRids: readonly string[]) => void;
}

interface ConnectedPublisher {
  readonly transport: RtpTransport;
  readonly peer: PublisherPeer;
}

/** One stream whose publisher is connected here. It outlives its publisher's transport, which can be replaced. */
export class RoutedStream {
  readonly #options: RoutedStreamOptions;
  /** The views at this router. */
  readonly views: StreamViews;
  /** Those at other routers. */
  readonly #relays: OutgoingRelays;
  #publisher: ConnectedPublisher | undefined;
  #publishedMedia: readonly AcceptedMedia[] = [];
  #activeLayers: ActiveLayers | undefined;
  #recorder: StreamRecorder | undefined;
  #videoBitrateBps = 0;
  readonly #cap = new SourceCap();
  #mutedKinds: readonly MediaKind[] = [];
  #isClosed = false;

  constructor(options: RoutedStreamOptions) {
    this.#options = options;
    this.views = new StreamViews({ ...options, published: (kind) => this.#publisher?.peer.published(kind) });
    this.#relays = new OutgoingRelays({
      state: () => ({
        media: writeMedia(this.#publishedMedia),
        mutedKinds: this.#mutedKinds,
        heightsPx: this.#publisher?.peer.published('video')?.offeredHeightsPx ?? [],
        ...(this.#cap.uncappedBps !== undefined && { uncappedBps: this.#cap.uncappedBps }),
      }),
      sectionOf: (media) => this.#publishedMedia.indexOf(media),
      sourceOf: (ssrc) => this.#publisher?.peer.source(ssrc),
      now: options.now,
    });
  }

  get hasPublisher(): boolean {
    return this.#publisher !== undefined;
  }

  /** Receives the stream over a new transport; the former one closes when this one is ready. */
  async publish(request: PublishRequest): Promise<string> {
    const offer = parseOffer(request.sdpOffer);
    const media = acceptPublish(offer, request.type);
    const remote = chosenTransport(offer, media);
    const transport: RtpTransport = this.#options.createTransport({
      onPacket: (packet) => peer.receive(packet),
      onStateChange: (state) => {
        if (state === 'lost') this.#losePublisher(transport);
      },
    });
    const peer = new PublisherPeer({
      media,
      former: this.#publisher?.peer,
      send: (packet) => transport.send(packet),
      onPacket: (published, source, packet, extendedNumber) => {
        this.views.forward(published, source, packet, extendedNumber);
        this.#relays.forward(source, packet);
        this.#recorder?.forward(published, source, packet, extendedNumber);
      },
      onSenderReport: (source) => {
        this.views.sendSenderReport(source);
        this.#relays.sendSenderReport(source);
        this.#recorder?.senderReport(source);
      },
      now: this.#options.now,
    });
    const local = await transport.open(remote);
    assertOpen(this.#isClosed, transport);
    this.#publisher?.transport.close();
    peer.setMuted(this.#mutedKinds);
    this.#publisher = { transport, peer };
    const isSame = hasSameCodecs(this.#publishedMedia, media);
    this.#publishedMedia = media;
    this.#cap.lift();
    // Existing viewers cannot decode the new codecs.
    if (!isSame) this.views.loseAll();
    this.#relays.tellState(this.#options.now());
    this.#activeLayers = this.#watchLayers(media);
    this.setVideoBitrate(request.videoBitrateBps);
    return writeAnswer(offer, media, local, [], startBitrateFor(request.videoBitrateBps));
  }

  /** Adds a viewer, replacing a former view with this id. */
  view(request: ViewRequest): Promise<string> {
    return this.views.add(request, this.#publishedMedia);
  }

  /** Sends the stream to another router over this connection, for views there. */
  relay(connection: Duplex): void {
    this.#relays.add(connection);
  }

  addPublishCandidates(candidates: readonly IceCandidate[]): void {
    // A lost publisher may still send candidates; ignoring them is harmless.
    if (this.#publisher) addCandidates(this.#publisher.transport, candidates);
  }

  /** Caps the video, all of its layers together; 0 lifts the cap. */
  setVideoBitrate(videoBitrateBps: number): void {
    this.#videoBitrateBps = videoBitrateBps;
    this.#applyCaps();
  }

  /** Discards what the publisher sends of these kinds, also over a later transport. */
  setMuted(kinds: readonly MediaKind[]): void {
    this.#mutedKinds = kinds;
    this.#publisher?.peer.setMuted(kinds);
    this.#relays.tellState(this.#options.now());
  }

  /** Records the stream from now on, in place of a former recorder; resolves when that one's files are complete. */
  async record(options: StreamRecorderOptions): Promise<void> {
    const former = this.#recorder;
    this.#recorder = new StreamRecorder(options);
    await former?.end('stopped');
  }

  /** Ends the recorder, if there is one; resolves when its files are complete. */
  async stopRecording(reason: RecordedFileEnd): Promise<void> {
    const recorder = this.#recorder;
    this.#recorder = undefined;
    await recorder?.end(reason);
  }

  tick(nowMs: number): void {
    this.#publisher?.peer.tick(nowMs);
    this.views.tick(nowMs);
    this.#relays.tick(nowMs);
    this.#recorder?.tick(nowMs);
    this.#capForViews(nowMs);
    this.#activeLayers?.update((layer) => this.#isNeeded(layer), nowMs);
  }

  /** Statistics of the publisher's and viewers' media. */
  facts(streamKey: string): PeerFacts[] {
    const publisher = this.#publisher ? [{ streamKey, media: this.#publisher.peer.facts() }] : [];
    return [...publisher, ...this.views.facts(streamKey)];
  }

  close(): void {
    this.#isClosed = true;
    this.#publisher?.transport.close();
    this.#publisher = undefined;
    this.views.close();
    this.#relays.close();
  }

  #watchLayers(media: readonly AcceptedMedia[]): ActiveLayers | undefined {
    const rids = media.find(({ kind }) => kind === 'video')?.rids;
    return rids && new ActiveLayers(rids, this.#options.now(), this.#options.onLayersChanged);
  }

  /** Viewers of a single size have no smaller layer to fall to, so its publisher sends less if all of them need that. */
  #capForViews(nowMs: number): void {
    const published = this.#publisher?.peer.published('video');
    const [layer, ...others] = published?.layers ?? [];
    if (!published || !layer || others.length > 0) return;
    // A recording takes the best that there is.
    const views = (): CappingView[] =>
      this.#recorder ? [] : [...this.views.capping(nowMs), ...this.#relays.capping];
    const hasChanged = this.#cap.update(layer.rate.bitsPerSecond(nowMs), views, nowMs);
    published.uncappedBps = this.#cap.uncappedBps;
    if (hasChanged) this.#applyCaps();
  }

  #applyCaps(): void {
    const capsBps = [this.#videoBitrateBps, this.#cap.capBps ?? 0].filter((capBps) => capBps > 0);
    this.#publisher?.peer.setVideoBitrate(capsBps.length > 0 ? Math.min(...capsBps) : 0);
  }

  #isNeeded(layer: number): boolean {
    if (this.views.needLayer(layer) || this.#relays.needLayer(layer)) return true;
    const rank = this.#publisher?.peer.published('video')?.rankOf(layer) ?? layer;
    return this.#recorder?.needsLayer(rank) ?? false;
  }

  #losePublisher(transport: RtpTransport): void {
    transport.close();
    if (this.#publisher?.transport !== transport) return;
    this.#publisher = undefined;
    this.#options.onPublisherLost();
  }
}
