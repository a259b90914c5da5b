import type { AcceptedMedia } from '../accepted-media.ts';
import { findExtension } from './rtp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** Where a packet belongs. */
export interface Route {
  readonly media: AcceptedMedia;
  /** Whether it repeats a packet (RTX) rather than being one. */
  readonly isRetransmission: boolean;
}

/** A peer has a few streams; whoever invents more SSRCs than this gets no further ones remembered. */
const maxKnownSsrcs = 32;

/**
 * Finds the media section of each packet: by SSRC when it is known, else by the MID extension,
 * else by the payload type, which is unique among the accepted sections of a bundle (RFC 8843, section 9.2).
 */
export class Demultiplexer {
  readonly #media: readonly AcceptedMedia[];
  readonly #mediaBySsrc = new Map<number, AcceptedMedia>();

  constructor(media: readonly AcceptedMedia[]) {
    this.#media = media;
  }

  /** The packet's place; undefined for what was never negotiated. */
  route(packet: RtpPacket): Route | undefined {
    const known = this.#mediaBySsrc.get(packet.ssrc);
    const media = known ?? this.#byMid(packet) ?? this.#byPayloadType(packet.payloadType);
    if (!media) return undefined;
    const isRetransmission = packet.payloadType === media.rtxPayloadType;
    if (!isRetransmission && !carriesMedia(media, packet.payloadType)) return undefined;
    if (!known && this.#mediaBySsrc.size < maxKnownSsrcs) this.#mediaBySsrc.set(packet.ssrc, media);
    return { media, isRetransmission };
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

function carriesMedia(media: AcceptedMedia, payloadType: number): boolean {
  return payloadType === media.payloadType || payloadType === media.redPayloadType;
}
