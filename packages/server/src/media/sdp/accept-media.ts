import type { AcceptedMedia } from '../accepted-media.ts';
import type { Codec, MediaKind } from '../codecs/codec.ts';
import { headerExtensions } from '../header-extensions.ts';
import type { ExtensionIds, HeaderExtensionRow } from '../header-extensions.ts';
import { MediaError } from '../media-router.ts';
import type { Direction, Offer, OfferedCodec, OfferedSection } from './offer.ts';

/** The one codec of a section, and the payload type under which the peer offered it. */
export interface CodecChoice {
  readonly codec: Codec;
  readonly offered: OfferedCodec;
  /** Redundant audio around it, where that is wanted. */
  readonly red?: OfferedCodec | undefined;
}

/** What one side of the router takes from an offer. */
export interface AcceptanceRule {
  /** Kinds of media that are taken; others are rejected. */
  readonly kinds: readonly MediaKind[];
  /** Chooses from the codecs of a section, in the order of the offer; undefined when none will do. */
  readonly choose: (kind: MediaKind, offered: readonly OfferedCodec[]) => CodecChoice | undefined;
  /** Says what to do when none of these will do, and why. */
  readonly explainNoChoice: (kind: MediaKind, offered: readonly OfferedCodec[]) => string;
  /** Directions an offered section may have. */
  readonly directions: readonly Direction[];
  readonly acceptsExtension: (row: HeaderExtensionRow) => boolean;
  /** Says what the offer should have held, for the error. */
  readonly expectation: string;
}

/** Browsers send no more than three layers. */
const maxLayers = 3;

/** Packets in the clear have no place in WebRTC; both spellings of the protected profile do. */
const securedProtocol = /^(UDP\/)?TLS\/RTP\/SAVPF?$/;

/**
 * Takes from an offer at most one section of each kind, with one codec, its retransmissions, feedback and header extensions.
 * A kind that is offered, but without a codec that will do, refuses the whole offer: half of a call that nobody misses
 * until they look at a black tile is worse than an error.
 * @throws MediaError `bad_offer` when no section can be used, `no_common_codec` when one could but for its codecs
 */
export function acceptMedia(offer: Offer, rule: AcceptanceRule): readonly AcceptedMedia[] {
  const accepted: AcceptedMedia[] = [];
  for (const kind of rule.kinds) {
    const sections = offer.sections.filter((section) => section.type === kind && isUsable(section, rule));
    const media = sections.map((section) => acceptSection(section, kind, rule)).find(Boolean);
    if (media) accepted.push(media);
    else if (sections.length > 0) throw noCommonCodec(kind, sections, rule);
  }
  if (accepted.length === 0) {
    throw new MediaError('bad_offer', `The SDP offer holds no media that can be used: ${rule.expectation}.`);
  }
  assertBundled(accepted, offer.bundledMids);
  const order = offer.sections.map(({ mid }) => mid);
  return accepted.toSorted((a, b) => order.indexOf(a.mid) - order.indexOf(b.mid));
}

function isUsable(section: OfferedSection, rule: AcceptanceRule): boolean {
  return (
    section.port !== 0 &&
    section.mid !== '' &&
    section.hasRtcpMux &&
    securedProtocol.test(section.protocol) &&
    rule.directions.includes(section.direction)
  );
}

function acceptSection(
  section: OfferedSection,
  kind: MediaKind,
  rule: AcceptanceRule,
): AcceptedMedia | undefined {
  const choice = rule.choose(kind, usableCodecs(section));
  if (!choice) return undefined;
  const { codec, offered, red } = choice;
  const rtx = findRetransmission(section, offered.payloadType);
  const extensionIds = acceptExtensions(section, rule);
  return {
    kind,
    mid: section.mid,
    codec,
    payloadType: offered.payloadType,
    ...(rtx && { rtxPayloadType: rtx.payloadType }),
    ...(red && { redPayloadType: red.payloadType }),
    formatParameters: offered.formatParameters,
    feedback: codec.feedback.filter((message) => offered.feedback.includes(message)),
    extensionIds,
    ...acceptLayers(section, extensionIds),
    hasReducedSizeRtcp: section.hasReducedSizeRtcp,
  };
}

function usableCodecs(section: OfferedSection): readonly OfferedCodec[] {
  return section.codecs.filter(({ payloadType }) => isPayloadType(payloadType));
}

/** Layers whose packets name them; a peer without that header extension sends one layer. */
function acceptLayers(section: OfferedSection, { rid }: ExtensionIds): { readonly rids?: readonly string[] } {
  return rid !== undefined && section.rids.length > 0 ? { rids: section.rids.slice(0, maxLayers) } : {};
}

/** Whether an offered payload type is this codec, whatever its parameters. */
export function isSameCodec(offered: OfferedCodec, codec: Codec): boolean {
  return (
    offered.name.toLowerCase() === codec.name.toLowerCase() &&
    offered.clockRate === codec.clockRate &&
    offered.channels === codec.channels
  );
}

/** Whether `offered` is redundancy (RFC 2198) around this payload type of the codec. */
export function isRedOf(offered: OfferedCodec, codec: Codec, payloadType: number): boolean {
  return (
    isSameCodec(offered, { ...codec, name: 'red' }) &&
    offered.formatParameters.split('/').every((inner) => inner.trim() === String(payloadType))
  );
}

/** Payload types that RTP can carry beside RTCP on one port (RFC 5761, section 4). */
function isPayloadType(payloadType: number): boolean {
  return (
    Number.isInteger(payloadType) &&
    payloadType >= 0 &&
    (payloadType < 64 || payloadType > 95) &&
    payloadType < 128
  );
}

/** RTX without NACK is of no use, so it counts only where the repaired codec has a row that knows NACK. */
function findRetransmission(section: OfferedSection, payloadType: number): OfferedCodec | undefined {
  return section.codecs.find(
    (codec) =>
      codec.name.toLowerCase() === 'rtx' &&
      isPayloadType(codec.payloadType) &&
      new RegExp(`(^|[; ])apt=${payloadType}($|[; ])`).test(codec.formatParameters),
  );
}

function acceptExtensions(section: OfferedSection, rule: AcceptanceRule): ExtensionIds {
  const ids: Partial<Record<HeaderExtensionRow['name'], number>> = {};
  for (const row of headerExtensions) {
    if (!rule.acceptsExtension(row)) continue;
    const offered = section.extensions.find(({ uri, id }) => uri === row.uri && id >= 1 && id <= 14);
    if (offered) ids[row.name] = offered.id;
  }
  return ids;
}

/** All media of a peer share one transport, so more than one section needs a BUNDLE group that holds them. */
function assertBundled(accepted: readonly AcceptedMedia[], bundledMids: readonly string[]): void {
  if (accepted.length < 2) return;
  const loose = accepted.find(({ mid }) => !bundledMids.includes(mid));
  if (!loose) return;
  throw new MediaError(
    'bad_offer',
    `The SDP offer cannot be used: its section "${loose.mid}" is not in a=group:BUNDLE, and all media share one transport.`,
  );
}

function noCommonCodec(
  kind: MediaKind,
  sections: readonly OfferedSection[],
  rule: AcceptanceRule,
): MediaError {
  return new MediaError('no_common_codec', rule.explainNoChoice(kind, sections.flatMap(usableCodecs)));
}
