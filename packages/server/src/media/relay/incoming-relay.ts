import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { AcceptedMedia } from '../accepted-media.ts';
import { historySizes } from '../incoming/packet-history.ts';
import type { PublisherPeerOptions } from '../incoming/publisher-peer.ts';
import { rtcpRequests } from '../incoming/rtcp-requests.ts';
import { SimulcastSource } from '../incoming/simulcast-source.ts';
import { SourceStream } from '../incoming/source-stream.ts';
import type { CappingView } from '../outgoing/source-cap.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { parseRtpPacket } from '../wire/rtp-packet.ts';
import { frameKind, type RelayFrame } from './relay-frames.ts';
import { RelayLink } from './relay-link.ts';
import { readMedia, readMessage, writeMessage, type RelayDemand, type RelayState } from './relay-messages.ts';

/** What {@link IncomingRelay} needs. */
export interface IncomingRelayOptions extends Pick<
  PublisherPeerOptions,
  'onPacket' | 'onSenderReport' | 'now'
> {
  readonly connection: Duplex;
  /** The publisher's description has come, or another one. */
  readonly onMedia: (media: readonly AcceptedMedia[]) => void;
  readonly onEnd: () => void;
}

/** As often as the publisher's cap is decided. */
const demandIntervalMs = 500;

/** A stream that comes from another router: for the views here what a publisher's peer is for the views there. */
export class IncomingRelay {
  readonly #options: IncomingRelayOptions;
  readonly #link: RelayLink;
  /** Identifies this router in RTCP. */
  readonly #ownSsrc = randomInt(1, 2 ** 32);
  #state: RelayState | undefined;
  /** The description of {@link #published}, as it came. */
  #description = '';
  #published: readonly SimulcastSource[] = [];
  #demand: RelayDemand | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(options: IncomingRelayOptions) {
    this.#options = options;
    this.#link = new RelayLink(options.connection, {
      onFrame: (frame) => this.#receive(frame),
      onEnd: options.onEnd,
    });
  }

  /** The relayed media of this kind, with the layers that are arriving. */
  published(kind: AcceptedMedia['kind']): SimulcastSource | undefined {
    return this.#published.find(({ media }) => media.kind === kind);
  }

  /** Tells the other router what the views here need: other layers immediately, everything else now and then. */
  demand(layers: RelayDemand['layers'], capping: () => CappingView, nowMs: number): void {
    const former = this.#demand;
    const isSame = former && JSON.stringify(former.layers) === JSON.stringify(layers);
    if (isSame && nowMs - this.#toldMs < demandIntervalMs) return;
    if (former?.layers) this.#resume(former.layers.sent, layers?.sent);
    const demand: RelayDemand = { ...(layers && { layers }), capping: capping() };
    this.#demand = demand;
    this.#toldMs = nowMs;
    this.#link.send(frameKind.demand, writeMessage(demand));
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    this.#link.tick(nowMs);
    for (const published of this.#published) {
      for (const source of published.layers) source?.tick(nowMs);
      published.sort(nowMs);
    }
  }

  close(): void {
    this.#link.close();
  }

  #receive({ kind, section, layer, content }: RelayFrame): void {
    const nowMs = this.#options.now();
    if (kind === frameKind.state) {
      this.#take(readMessage<RelayState>(content));
    } else if (kind === frameKind.rtp) {
      const published = this.#published[section];
      const packet = parseRtpPacket(content);
      if (published && packet) this.#sourceOf(published, layer, packet.ssrc)?.receive(packet, nowMs);
    } else if (kind === frameKind.rtcp) {
      for (const message of parseRtcp(content)) {
        if (message.type !== 'sender-report') continue;
        for (const source of this.#published.flatMap(({ layers }) => layers)) {
          if (source?.ssrc !== message.ssrc) continue;
          source.receiveSenderReport(message, nowMs);
          this.#options.onSenderReport(source);
        }
      }
    }
  }

  #take(state: RelayState): void {
    const description = JSON.stringify(state.media);
    const isNew = description !== this.#description;
    if (isNew) {
      this.#description = description;
      this.#published = readMedia(state.media).map((media) => new SimulcastSource(media));
    }
    for (const published of this.#published) {
      const { kind } = published.media;
      if (state.mutedKinds.includes(kind) && !this.#state?.mutedKinds.includes(kind)) published.forget();
      if (kind === 'video') published.uncappedBps = state.uncappedBps;
      for (const source of published.layers) if (source) this.#assumeHeight(source, state);
    }
    this.#state = state;
    if (isNew) this.#options.onMedia(this.#published.map(({ media }) => media));
  }

  /** The other router has decided which stream a layer is, so another SSRC replaces the former one immediately. */
  #sourceOf(published: SimulcastSource, layer: number, ssrc: number): SourceStream | undefined {
    const current = published.offeredAt(layer);
    if (current?.ssrc === ssrc) return current;
    const { media } = published;
    const source = new SourceStream({
      ssrc,
      media,
      layer,
      historySize: historySizes[media.kind],
      ...rtcpRequests(this.#ownSsrc, ssrc, (packet) => this.#link.sendMedia(frameKind.rtcp, packet)),
      onPacket: (packet, extendedNumber) => this.#options.onPacket(published, source, packet, extendedNumber),
    });
    if (this.#state) this.#assumeHeight(source, this.#state);
    published.setLayer(layer, source);
    return source;
  }

  /** A key frame that tells the height may have come before the relay, or while nobody here needed the layer. */
  #assumeHeight(source: SourceStream, { heightsPx }: RelayState): void {
    if (source.media.kind === 'video') source.assumeHeight(heightsPx[source.layer] ?? undefined);
  }

  /** What was left out of a layer while nobody here needed it must not be repaired. */
  #resume(former: readonly number[], layers: readonly number[] | undefined): void {
    for (const source of this.published('video')?.layers ?? []) {
      if (!source || former.includes(source.layer)) continue;
      if (layers?.includes(source.layer) ?? true) source.restart();
    }
  }
}
