import type { MediaKind } from '../codecs/codec.ts';
import { MediaError } from '../media-router.ts';
import type { Direction, Offer, OfferedSection } from './offer.ts';
import { badOffer } from './sdp-text.ts';

/** Which sections one side of the router accepts. */
export interface SectionRule {
  /** Accepted kinds of media. */
  readonly kinds: readonly MediaKind[];
  /** Accepted directions of an offered section. */
  readonly directions: readonly Direction[];
  /** Describes what the offer should contain, for the error. */
  readonly expectation: string;
}

/**
 * All profiles that an answerer must accept (RFC 8829, section 5.1.2), and the older name of one of them. The
 * fingerprint decides that packets are encrypted, whatever the profile's name.
 */
const profile = /^(((UDP|TCP)\/)?D?TLS\/)?RTP\/S?AVPF?$/;
const maxNamedSections = 8;

/** Why a section cannot be accepted, as the end of a sentence about it; undefined if it can. */
export function whyUnusable(section: OfferedSection, rule: SectionRule): string | undefined {
  const { type, direction, protocol } = section;
  if (section.isRejected) return 'has port 0 without a=bundle-only, which rejects it';
  if (!rule.kinds.some((kind) => kind === type)) return 'is of a kind that this stream does not carry';
  if (!rule.directions.includes(direction)) {
    return `is ${direction}, but must be ${rule.directions.join(' or ')}`;
  }
  if (!profile.test(protocol)) return `has the profile ${protocol}, but WebRTC needs UDP/TLS/RTP/SAVPF`;
  if (!section.hasRtcpMux) return 'lacks a=rtcp-mux';
  return undefined;
}

/** The refusal of an offer without any usable section: says what is wrong with each. */
export function nothingUsable({ sections }: Offer, rule: SectionRule): MediaError {
  const reasons = sections
    .slice(0, maxNamedSections)
    .map((section) => `Section ${nameOf(section)} ${whyUnusable(section, rule) ?? 'is usable'}.`);
  return new MediaError(
    'bad_offer',
    `The SDP offer contains no usable media: ${rule.expectation}. ${reasons.join(' ')}`,
  );
}

/** The refusal of an offer that puts media on several transports. */
export function notBundled(section: OfferedSection): MediaError {
  return badOffer(
    `its section ${nameOf(section)} is not in the a=group:BUNDLE of the other media, but all media share one transport. Set bundlePolicy to "max-bundle" or "balanced"`,
  );
}

/** The refusal of a section without a port of its own, in a group where no section has one. */
export function withoutTransport(section: OfferedSection): MediaError {
  return badOffer(
    `its section ${nameOf(section)} is bundle-only, but no other section of its group has a port`,
  );
}

/** The refusal of an offer in which one payload type means different codecs in one bundle. */
export function ambiguous(payloadType: number): MediaError {
  return badOffer(`its payload type ${payloadType} means different codecs in sections of one a=group:BUNDLE`);
}

function nameOf({ mid, type }: OfferedSection): string {
  return mid === '' ? `m=${type}` : `"${mid}" (${type})`;
}
