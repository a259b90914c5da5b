import type { AcceptedMedia } from '../accepted-media.ts';
import { findExtension, type RtpPacket } from '../wire/rtp-packet.ts';

/** The destination of a packet. */
export interface Route {
  readonly media: AcceptedMedia;
  /** Index of its section in the accepted media. */
  readonly section: number;
  /** Index of its simulcast layer in the publisher's order; 0 without simulcast. */
  readonly layer: number;
  /** Whether it repeats another packet (RTX). */
  readonly isRetransmission: boolean;
}

/** A peer has few streams; SSRCs beyond this are not remembered. */
const maxKnownSsrcs = 32;

/**
 * Finds the media section and layer of each packet: by SSRC if known, otherwise by the MID extension or the payload
 * type, which is unique among the accepted sections of a bundle (RFC 8843, section 9.2), and by the RID extensions
 * (RFC 8852). Senders omit these extensions once they know that we have received them.
 */
export class Demultiplexer {
  readonly #media: readonly AcceptedMedia[];
  readonly #routeBySsrc = new Map<number, Route>();
  /** Routes learned on the sender's former connection. */
  readonly #formerRoutes: ReadonlyMap<number, Route>;

  /**
   * A sender that continues on a new path does not name its layers again, so the routes that `former` learned stay
   * valid.
   */
  constructor(media: readonly AcceptedMedia[], former?: Demultiplexer) {
    this.#media = media;
    const learned = former ? [...former.#formerRoutes, ...former.#routeBySsrc] : [];
    this.#formerRoutes = new Map(
      learned.slice(-maxKnownSsrcs).flatMap(([ssrc, route]) => {
        const section = media.findIndex((one) => isSameSection(one, route.media));
        const same = media[section];
        return same ? [[ssrc, { ...route, media: same, section }]] : [];
      }),
    );
  }

  /** The packet's route; undefined for anything that was not negotiated. */
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
  return (
    one.mid === other.mid &&
    one.kind === other.kind &&
    String(one.rids) === String(other.rids) &&
    String(one.layerSsrcs) === String(other.layerSsrcs)
  );
}

function isOf({ media, isRetransmission }: Route, payloadType: number): boolean {
  return isRetransmission ? payloadType === media.rtxPayloadType : carriesMedia(media, payloadType);
}

function carriesMedia(media: AcceptedMedia, payloadType: number): boolean {
  return payloadType === media.payloadType || payloadType === media.redPayloadType;
}

/** Undefined for a simulcast packet that does not name its layer, or is of none that was offered. */
function layerOf(packet: RtpPacket, media: AcceptedMedia, isRetransmission: boolean): number | undefined {
  if (media.layerSsrcs)
    return indexIn(media.layerSsrcs, media.repairedSsrcs?.get(packet.ssrc) ?? packet.ssrc);
  if (!media.rids) return 0;
  const id = media.extensionIds[isRetransmission ? 'repaired-rid' : 'rid'];
  const rid = id === undefined ? undefined : findExtension(packet, id)?.toString('utf8');
  return rid === undefined ? undefined : indexIn(media.rids, rid);
}

function indexIn<Name>(names: readonly Name[], name: Name): number | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : index;
}
