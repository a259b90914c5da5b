import type { IceCandidate, ViewedVideo } from '@parley-rtc/contract';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { SharedLinks } from '../bandwidth/shared-links.ts';
import type { SimulcastSource } from '../incoming/simulcast-source.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import { MediaError, type PeerFacts, type ViewRequest } from '../media-router.ts';
import type { CappingView } from '../outgoing/source-cap.ts';
import { ViewerPeer } from '../outgoing/viewer-peer.ts';
import { acceptView } from '../sdp/accept-view.ts';
import { chosenTransport } from '../sdp/chosen-transport.ts';
import { parseOffer } from '../sdp/parse-offer.ts';
import { writeAnswer } from '../sdp/write-answer.ts';
import type { RtpTransport, RtpTransportEvents } from '../transport/rtp-transport.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { addCandidates, assertOpen } from './connect-peer.ts';

/** What the views of a stream need. */
export interface StreamViewsOptions {
  readonly createTransport: (events: RtpTransportEvents, viewerId: string) => RtpTransport;
  /** The links of viewers, which views of other streams use too. */
  readonly links: Pick<SharedLinks, 'hold'>;
  /** The stream's media of this kind, if any. */
  readonly published: (kind: AcceptedMedia['kind']) => SimulcastSource | undefined;
  /** Called when a view was lost and removed. */
  readonly onLost: (viewerId: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

interface ConnectedView {
  readonly transport: RtpTransport;
  readonly peer: ViewerPeer;
  /** Closes the transport, and leaves the link to the viewer's other views. */
  readonly close: () => void;
}

/** The views of one stream at this router, whether its publisher is connected here or at another one. */
export class StreamViews {
  readonly #options: StreamViewsOptions;
  readonly #views = new Map<string, ConnectedView>();
  #isClosed = false;

  constructor(options: StreamViewsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#views.size;
  }

  has(viewerId: string): boolean {
    return this.#views.has(viewerId);
  }

  /**
   * Adds a view of these media, replacing a former one with this id; returns the SDP answer.
   * @throws MediaError `bad_offer`, `no_common_codec`, or `unknown_stream` when the stream ends meanwhile
   */
  async add(request: ViewRequest, publishedMedia: readonly AcceptedMedia[]): Promise<string> {
    const offer = parseOffer(request.sdpOffer);
    const media = acceptView(offer, publishedMedia);
    const remote = chosenTransport(offer, media);
    const events: RtpTransportEvents = {
      onPacket: (packet) => peer.receive(packet),
      onStateChange: (state) => {
        if (state === 'open') peer.open();
        else if (state === 'lost') this.#lose(request.viewerId, transport);
      },
    };
    const transport = this.#options.createTransport(events, request.viewerId);
    const { link: shared, release } = this.#options.links.hold(request.linkKey);
    const peer = new ViewerPeer({
      media,
      shared,
      former: this.#views.get(request.viewerId)?.peer,
      send: (packet) => transport.send(packet),
      published: this.#options.published,
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
      assertOpen(this.#isClosed, transport);
      this.#views.get(request.viewerId)?.close();
      this.#views.set(request.viewerId, { transport, peer, close });
      return writeAnswer(offer, media, local, peer.sentMedia);
    } catch (error) {
      close();
      throw error;
    }
  }

  /** @throws MediaError `unknown_view` */
  addCandidates(viewerId: string, candidates: readonly IceCandidate[]): void {
    addCandidates(this.#view(viewerId).transport, candidates);
  }

  /** @throws MediaError `unknown_view` */
  setVideo(viewerId: string, video: ViewedVideo): void {
    this.#view(viewerId).peer.setVideo(video);
  }

  /** Closes one view; does nothing if there is no such view. */
  stop(viewerId: string): void {
    this.#views.get(viewerId)?.close();
    this.#views.delete(viewerId);
  }

  /** Closes all views and reports them as lost: they cannot decode what comes from now on. */
  loseAll(): void {
    for (const [viewerId, { transport }] of this.#views) this.#lose(viewerId, transport);
  }

  forward(published: SimulcastSource, source: SourceStream, packet: RtpPacket, extendedNumber: number): void {
    for (const { peer } of this.#views.values()) peer.forward(published, source, packet, extendedNumber);
  }

  sendSenderReport(source: SourceStream): void {
    for (const { peer } of this.#views.values()) peer.sendSenderReport(source);
  }

  tick(nowMs: number): void {
    for (const { peer } of this.#views.values()) peer.tick(nowMs);
  }

  /** Whether a view needs the layer that the publisher lists at this index. */
  needLayer(layer: number): boolean {
    for (const { peer } of this.#views.values()) if (peer.needsLayer(layer)) return true;
    return false;
  }

  /** What the views mean for their publisher's bitrate. */
  capping(nowMs: number): CappingView[] {
    return [...this.#views.values()].map(({ peer }) => peer.capping(nowMs));
  }

  /** Statistics of the media that viewers receive. */
  facts(streamKey: string): PeerFacts[] {
    return [...this.#views].map(([viewerId, { peer }]) => ({ streamKey, viewerId, media: peer.facts() }));
  }

  close(): void {
    this.#isClosed = true;
    for (const view of this.#views.values()) view.close();
    this.#views.clear();
  }

  #view(viewerId: string): ConnectedView {
    const view = this.#views.get(viewerId);
    if (view) return view;
    throw new MediaError('unknown_view', `The stream has no view "${viewerId}".`);
  }

  #lose(viewerId: string, transport: RtpTransport): void {
    transport.close();
    const view = this.#views.get(viewerId);
    if (view?.transport !== transport) return;
    view.close();
    this.#views.delete(viewerId);
    this.#options.onLost(viewerId);
  }
}
