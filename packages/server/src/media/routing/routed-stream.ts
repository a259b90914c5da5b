import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { SharedLinks } from '../bandwidth/shared-links.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { PublisherPeer } from '../incoming/publisher-peer.ts';
import {
  MediaError,
  type PeerFacts,
  type PublishRequest,
  type RecordedFileEnd,
  type ViewRequest,
} from '../media-router.ts';
import { ActiveLayers } from '../outgoing/active-layers.ts';
import { SourceCap, type CappingView } from '../outgoing/source-cap.ts';
import { ViewerPeer } from '../outgoing/viewer-peer.ts';
import { StreamRecorder, type StreamRecorderOptions } from '../recording/stream-recorder.ts';
import { acceptPublish } from '../sdp/accept-publish.ts';
import { acceptView } from '../sdp/accept-view.ts';
import { chosenTransport } from '../sdp/chosen-transport.ts';
import { parseOffer } from '../sdp/parse-offer.ts';
import { startBitrateFor, writeAnswer } from '../sdp/write-answer.ts';
import type { RtpTransport, RtpTransportEvents } from '../transport/rtp-transport.ts';

/** What a stream needs from its router. */
export interface RoutedStreamOptions {
  /** Makes the transport of the publisher, or of the view with this id. */
  readonly createTransport: (events: RtpTransportEvents, viewerId?: string) => RtpTransport;
  /** The links of viewers, which views of other streams use too. */
  readonly links: Pick<SharedLinks, 'hold'>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Called when the publisher (no `viewerId`) or a view was lost and removed. */
  readonly onPeerLost: (viewerId: string | undefined) => void;
  /** Called when the set of viewed simulcast layers changes. */
  readonly onLayersChanged: (activeRids: readonly string[]) => void;
}

interface Connected<Peer> {
  readonly transport: RtpTransport;
  readonly peer: Peer;
}

interface ConnectedViewer extends Connected<ViewerPeer> {
  /** Closes the transport, and leaves the link to the viewer's other views. */
  readonly close: () => void;
}

/** One published stream with its views. It outlives its publisher's transport, which can be replaced. */
export class RoutedStream {
  readonly #options: RoutedStreamOptions;
  readonly #views = new Map<string, ConnectedViewer>();
  #publisher: Connected<PublisherPeer> | undefined;
  #publishedMedia: readonly AcceptedMedia[] = [];
  #activeLayers: ActiveLayers | undefined;
  #recorder: StreamRecorder | undefined;
  #videoBitrateBps = 0;
  readonly #cap = new SourceCap();
  #mutedKinds: readonly MediaKind[] = [];
  #isClosed = false;

  constructor(options: RoutedStreamOptions) {
    this.#options = options;
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
        for (const view of this.#views.values()) view.peer.forward(published, source, packet, extendedNumber);
        this.#recorder?.forward(published, source, packet, extendedNumber);
      },
      onSenderReport: (source) => {
        for (const view of this.#views.values()) view.peer.sendSenderReport(source);
        this.#recorder?.senderReport(source);
      },
      now: this.#options.now,
    });
    const local = await transport.open(remote);
    this.#assertOpen(transport);
    this.#publisher?.transport.close();
    peer.setMuted(this.#mutedKinds);
    this.#publisher = { transport, peer };
    const isSame = hasSameCodecs(this.#publishedMedia, media);
    this.#publishedMedia = media;
    this.#cap.lift();
    // Existing viewers cannot decode the new codecs.
    if (!isSame) for (const [viewerId, view] of this.#views) this.#loseView(viewerId, view.transport);
    this.#activeLayers = this.#watchLayers(media);
    this.setVideoBitrate(request.videoBitrateBps);
    return writeAnswer(offer, media, local, [], startBitrateFor(request.videoBitrateBps));
  }

  /** Adds a viewer, replacing a former view with this id. */
  async view(request: ViewRequest): Promise<string> {
    const offer = parseOffer(request.sdpOffer);
    const media = acceptView(offer, this.#publishedMedia);
    const remote = chosenTransport(offer, media);
    const events: RtpTransportEvents = {
      onPacket: (packet) => peer.receive(packet),
      onStateChange: (state) => {
        if (state === 'open') peer.open();
        else if (state === 'lost') this.#loseView(request.viewerId, transport);
      },
    };
    const transport = this.#options.createTransport(events, request.viewerId);
    const { link: shared, release } = this.#options.links.hold(request.linkKey);
    const peer = new ViewerPeer({
      media,
      shared,
      former: this.#views.get(request.viewerId)?.peer,
      send: (packet) => transport.send(packet),
      published: (kind) => this.#publisher?.peer.published(kind),
      now: this.#options.now,
    });
    if (request.video) peer.setVideo(request.video);
    const close = (): void => {
      transport.close();
      peer.close();
      release();
    };
    try {
      const local = await transport.open(remote);
      this.#assertOpen(transport);
      this.#views.get(request.viewerId)?.close();
      this.#views.set(request.viewerId, { transport, peer, close });
      return writeAnswer(offer, media, local, peer.sentMedia);
    } catch (error) {
      close();
      throw error;
    }
  }

  hasView(viewerId: string): boolean {
    return this.#views.has(viewerId);
  }

  addPublishCandidates(candidates: readonly IceCandidate[]): void {
    // A lost publisher may still send candidates; ignoring them is harmless.
    if (this.#publisher) addCandidates(this.#publisher.transport, candidates);
  }

  /** @throws MediaError `unknown_view` */
  addViewCandidates(viewerId: string, candidates: readonly IceCandidate[]): void {
    addCandidates(this.#view(viewerId).transport, candidates);
  }

  /** @throws MediaError `unknown_view` */
  setViewedVideo(viewerId: string, video: ViewedVideo): void {
    this.#view(viewerId).peer.setVideo(video);
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
  }

  stopView(viewerId: string): void {
    this.#views.get(viewerId)?.close();
    this.#views.delete(viewerId);
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
    for (const view of this.#views.values()) view.peer.tick(nowMs);
    this.#recorder?.tick(nowMs);
    this.#capForViews(nowMs);
    this.#activeLayers?.update((layer) => this.#isNeeded(layer), nowMs);
  }

  /** Statistics of the publisher's and viewers' media. */
  facts(streamKey: string): PeerFacts[] {
    const facts: PeerFacts[] = [];
    if (this.#publisher) facts.push({ streamKey, media: this.#publisher.peer.facts() });
    for (const [viewerId, { peer }] of this.#views) facts.push({ streamKey, viewerId, media: peer.facts() });
    return facts;
  }

  close(): void {
    this.#isClosed = true;
    this.#publisher?.transport.close();
    this.#publisher = undefined;
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
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
      this.#recorder ? [] : [...this.#views.values()].map(({ peer }) => peer.capping(nowMs));
    const hasChanged = this.#cap.update(layer.rate.bitsPerSecond(nowMs), views, nowMs);
    published.uncappedBps = this.#cap.uncappedBps;
    if (hasChanged) this.#applyCaps();
  }

  #applyCaps(): void {
    const capsBps = [this.#videoBitrateBps, this.#cap.capBps ?? 0].filter((capBps) => capBps > 0);
    this.#publisher?.peer.setVideoBitrate(capsBps.length > 0 ? Math.min(...capsBps) : 0);
  }

  #isNeeded(layer: number): boolean {
    for (const { peer } of this.#views.values()) if (peer.needsLayer(layer)) return true;
    const rank = this.#publisher?.peer.published('video')?.rankOf(layer) ?? layer;
    return this.#recorder?.needsLayer(rank) ?? false;
  }

  #view(viewerId: string): Connected<ViewerPeer> {
    const view = this.#views.get(viewerId);
    if (view) return view;
    throw new MediaError('unknown_view', `The stream has no view "${viewerId}".`);
  }

  #losePublisher(transport: RtpTransport): void {
    transport.close();
    if (this.#publisher?.transport !== transport) return;
    this.#publisher = undefined;
    this.#options.onPeerLost(undefined);
  }

  #loseView(viewerId: string, transport: RtpTransport): void {
    transport.close();
    const view = this.#views.get(viewerId);
    if (view?.transport !== transport) return;
    view.close();
    this.#views.delete(viewerId);
    this.#options.onPeerLost(viewerId);
  }

  /** The stream may be unpublished while a transport opens. */
  #assertOpen(transport: RtpTransport): void {
    if (!this.#isClosed) return;
    transport.close();
    throw new MediaError('unknown_stream', 'The stream was unpublished during the call.');
  }
}

function hasSameCodecs(former: readonly AcceptedMedia[], media: readonly AcceptedMedia[]): boolean {
  return former.every(({ kind, codec }) => media.some((one) => one.kind === kind && one.codec === codec));
}

function addCandidates(transport: RtpTransport, candidates: readonly IceCandidate[]): void {
  for (const { candidate } of candidates) {
    if (candidate) transport.addCandidate(candidate);
  }
}
