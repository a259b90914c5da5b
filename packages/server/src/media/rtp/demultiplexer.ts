import type { AcceptedMedia } from '../accepted-media.ts';
import { findExtension } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** Where a packet belongs. */
export interface Route {
  readonly media: AcceptedMedia;
  /** Index of its section among the accepted ones. */
  readonly section: number;
  /** Index of its simulcast layer, the smallest being 0; 0 without simulcast. */
  readonly layer: number;
  /** Whether it repeats a packet (RTX) rather than being one. */
  readonly isRetransmission: boolean;
}

/** A peer has a few streams; whoever invents more SSRCs than this gets no further ones remembered. */
const maxKnownSsrcs = 32;

/**
 * Finds the media section and the layer of each packet: by SSRC when it is known, else by the MID extension or the payload
 * type, which is unique among the accepted sections of a bundle (RFC 8843, section 9.2), and by the RID extensions
 * (RFC 8852). Senders leave those out once they know that we have seen them.
 */
export class Demultiplexer {
  readonly #media: readonly AcceptedMedia[];
  readonly #routeBySsrc = new Map<number, Route>();
  /** What the sender's former connection had told. */
  readonly #formerRoutes: ReadonlyMap<number, Route>;

  /** A sender that goes on over a new path does not name its layers again, so what `former` has learnt stays true. */
  constructor(media: readonly AcceptedMedia[], former?: Demultiplexer) {
    this.#media = media;
    const learnt = former ? [...former.#formerRoutes, ...former.#routeBySsrc] : [];
    this.#formerRoutes = new Map(
      learnt.slice(-maxKnownSsrcs).flatMap(([ssrc, route]) => {
        const section = media.findIndex((one) => isSameSection(one, route.media));
        const same = media[section];
        return same ? [[ssrc, { ...route, media: same, section }]] : [];
      }),
    );
  }

  /** The packet's place; undefined for what was never negotiated. */
  route(packet: RtpPacket): Route | undefined {
    const current = this.#routeBySsrc.get(packet.ssrc);
    if (current && isOf(current, packet.payloadType)) return current;
    const known = current ?? this.#formerRoutes.get(packet.ssrc);
    const media = known?.media ?? this.#byMid(packet) ?? this.#byPayloadType(packet.payloadType);
    if (!media) return undefined;
    const isRetransmission = packet.payloadType === media.rtxPayloadType;
    if (!isRetransmission && !carriesMedia(media, packet.payloadType)) return undefined;
    const layer = known?.layer ?? layerOf(packet, media, isRetransmission);
    if (layer === undefined) return undefined;
    const route = { media, section: this.#media.indexOf(media), layer, isRetransmission };
    if (current || this.#routeBySsrc.size < maxKnownSsrcs) this.#routeBySsrc.set(packet.ssrc, route);
    return route;
  }

  #byMid(packet: RtpPacket): AcceptedMedia | undefined {
    return this.#media.find(({ mid, extensionIds }) => {
      if (extensionIds.mid === undefined) return false;
      return findExtension(packet, extensionIds.mid)?.toString('utf8') === mid;
    });
  }

  #byPayloadType(payloadType: number): AcceptedMedia | undefined {
    return this.#media.find(
      (media) => carriesMedia(media, payloadType) || media.rtxPayloadType === payloadType,
    );
  }
}

function isSameSection(one: AcceptedMedia, other: AcceptedMedia): boolean {
  return one.mid === other.mid && one.kind === other.kind && String(one.rids) === String(other.rids);
}

function isOf({ media, isRetransmission }: Route, payloadType: number): boolean {
  return isRetransmission ? payloadType === media.rtxPayloadType : carriesMedia(media, payloadType);
}

function carriesMedia(media: AcceptedMedia, payloadType: number): boolean {
  return payloadType === media.payloadType || payloadType === media.redPayloadType;
}

/** Undefined for a packet of a simulcast that does not say which layer it belongs to. */
function layerOf(packet: RtpPacket, media: AcceptedMedia, isRetransmission: boolean): number | undefined {
  if (!media.rids) return 0;
  const id = media.extensionIds[isRetransmission ? 'repaired-rid' : 'rid'];
  const rid = id === undefined ? undefined : findExtension(packet, id)?.toString('utf8');
  const layer = rid === undefined ? -1 : media.rids.indexOf(rid);
  return layer < 0 ? undefined : layer;
}
