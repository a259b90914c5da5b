import type { Duplex } from 'node:stream';
import { hasSameCodecs, type AcceptedMedia } from '../accepted-media.ts';
import type { PeerFacts, ViewRequest } from '../media-router.ts';
import { ActiveLayers } from '../outgoing/active-layers.ts';
import { IncomingRelay } from '../relay/incoming-relay.ts';
import { mergeCapping } from '../relay/relay-messages.ts';
import { StreamViews, type StreamViewsOptions } from './stream-views.ts';

/** What a relayed stream needs from its router. */
export interface RelayedStreamOptions extends Omit<StreamViewsOptions, 'published'> {
  readonly connection: Duplex;
  /** Called when the stream's media are known: from now on it can be viewed. */
  readonly onKnown: () => void;
  /** Called when the other router ended the relay, or is gone. Called once, also for a stream that is closed. */
  readonly onEnd: () => void;
}

/** One stream whose publisher is connected to another router, with its views at this one. */
export class RelayedStream {
  readonly views: StreamViews;
  readonly #relay: IncomingRelay;
  readonly #now: () => number;
  readonly #onKnown: () => void;
  #media: readonly AcceptedMedia[] = [];
  #activeLayers: ActiveLayers | undefined;
  /** Indexes of the layers that are needed, or were until a few seconds ago; undefined if the publisher names none. */
  #sentLayers: readonly number[] | undefined;

  constructor(options: RelayedStreamOptions) {
    this.#now = options.now;
    this.#onKnown = options.onKnown;
    this.views = new StreamViews({ ...options, published: (kind) => this.#relay.published(kind) });
    this.#relay = new IncomingRelay({
      connection: options.connection,
      onPacket: (published, source, packet, extendedNumber) =>
        this.views.forward(published, source, packet, extendedNumber),
      onSenderReport: (source) => this.views.sendSenderReport(source),
      onMedia: (media) => this.#describe(media),
      onEnd: options.onEnd,
      now: options.now,
    });
  }

  /** Adds a viewer, replacing a former view with this id. */
  view(request: ViewRequest): Promise<string> {
    return this.views.add(request, this.#media);
  }

  tick(nowMs: number): void {
    this.#relay.tick(nowMs);
    this.views.tick(nowMs);
    this.#activeLayers?.update((layer) => this.views.needLayer(layer), nowMs);
    this.#demand(nowMs);
  }

  /** Statistics of viewers' media; those of the publisher are at its router. */
  facts(streamKey: string): PeerFacts[] {
    return this.views.facts(streamKey);
  }

  close(): void {
    this.views.close();
    this.#relay.close();
  }

  #describe(media: readonly AcceptedMedia[]): void {
    if (media.length === 0) return;
    const isSame = hasSameCodecs(this.#media, media);
    this.#media = media;
    if (!isSame) this.views.loseAll();
    const rids = media.find(({ kind }) => kind === 'video')?.rids;
    this.#sentLayers = rids && [...rids.keys()];
    this.#activeLayers =
      rids &&
      new ActiveLayers(rids, this.#now(), (activeRids) => {
        this.#sentLayers = activeRids.map((rid) => rids.indexOf(rid));
      });
    this.#demand(this.#now());
    this.#onKnown();
  }

  #demand(nowMs: number): void {
    if (this.#media.length === 0) return;
    const sent = this.#sentLayers;
    const layers = sent && { sent, needed: sent.filter((layer) => this.views.needLayer(layer)) };
    this.#relay.demand(layers, () => mergeCapping(this.views.capping(nowMs)), nowMs);
  }
}
