import type { AcceptedMedia } from '../accepted-media.ts';
import { codecs } from '../codecs.ts';
import type { Codec, MediaKind } from '../codecs.ts';
import { headerExtensions } from '../header-extensions.ts';
import type { ExtensionIds, HeaderExtensionRow } from '../header-extensions.ts';
import { MediaError } from '../media-router.ts';
import type { Direction, Offer, OfferedCodec, OfferedSection } from './offer.ts';

/** What one side of the router takes from an offer. */
export interface AcceptanceRule {
  /** Codecs to choose from by kind, the preferred first; a kind that is absent is rejected. */
  readonly codecs: ReadonlyMap<MediaKind, readonly Codec[]>;
  /** Directions an offered section may have. */
  readonly directions: readonly Direction[];
  readonly acceptsExtension: (row: HeaderExtensionRow) => boolean;
  /** Feedback messages, of those the codec's row names, that make no sense on this side. */
  readonly withoutFeedback: readonly string[];
  /** Says what the offer should have held, for the error. */
  readonly expectation: string;
}

/** Browsers send no more than three layers. */
const maxLayers = 3;

/** Packets in the clear have no place in WebRTC; both spellings of the protected profile do. */
const securedProtocol = /^(UDP\/)?TLS\/RTP\/SAVPF?$/;

/**
 * Chooses from an offer at most one section of each kind, with one codec, its retransmissions, feedback and header extensions.
 * @throws MediaError `bad_offer` when no section can be used, `no_common_codec` when one could but for its codecs
 */
export function acceptMedia(offer: Offer, rule: AcceptanceRule): readonly AcceptedMedia[] {
  const accepted: AcceptedMedia[] = [];
  const unknownCodecs: string[] = [];
  for (const section of offer.sections) {
    const choices = usableCodecs(section, rule);
    if (!choices || accepted.some(({ kind }) => kind === section.type)) continue;
    const media = acceptSection(section, choices, rule);
    if (media) accepted.push(media);
    else unknownCodecs.push(...section.codecs.map(({ name }) => name));
  }
  if (accepted.length === 0) throw nothingAccepted(unknownCodecs, rule);
  assertBundled(accepted, offer.bundledMids);
  return accepted;
}

function usableCodecs(section: OfferedSection, rule: AcceptanceRule): readonly Codec[] | undefined {
  const isUsable =
    section.port !== 0 &&
    section.mid !== '' &&
    section.hasRtcpMux &&
    securedProtocol.test(section.protocol) &&
    rule.directions.includes(section.direction);
  return isUsable && (section.type === 'audio' || section.type === 'video')
    ? rule.codecs.get(section.type)
    : undefined;
}

function acceptSection(
  section: OfferedSection,
  choices: readonly Codec[],
  rule: AcceptanceRule,
): AcceptedMedia | undefined {
  for (const codec of choices) {
    const offered = section.codecs.find((candidate) => isSameCodec(candidate, codec));
    if (!offered) continue;
    const rtx = findRetransmission(section, offered.payloadType);
    const extensionIds = acceptExtensions(section, rule);
    return {
      kind: codec.kind,
      mid: section.mid,
      codec,
      payloadType: offered.payloadType,
      ...(rtx && { rtxPayloadType: rtx.payloadType }),
      formatParameters: offered.formatParameters,
      feedback: codec.feedback.filter(
        (message) => offered.feedback.includes(message) && !rule.withoutFeedback.includes(message),
      ),
      extensionIds,
      ...acceptLayers(section, extensionIds),
      hasReducedSizeRtcp: section.hasReducedSizeRtcp,
    };
  }
  return undefined;
}

/** Layers whose packets name them; a peer without that header extension sends one layer. */
function acceptLayers(section: OfferedSection, { rid }: ExtensionIds): { readonly rids?: readonly string[] } {
  return rid !== undefined && section.rids.length > 0 ? { rids: section.rids.slice(0, maxLayers) } : {};
}

function isSameCodec(offered: OfferedCodec, codec: Codec): boolean {
  return (
    offered.name.toLowerCase() === codec.name.toLowerCase() &&
    offered.clockRate === codec.clockRate &&
    offered.channels === codec.channels &&
    isPayloadType(offered.payloadType)
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

function nothingAccepted(unknownCodecs: readonly string[], rule: AcceptanceRule): MediaError {
  if (unknownCodecs.length > 0) {
    const wanted = [...rule.codecs.values()].flat().map(({ name }) => name);
    return new MediaError(
      'no_common_codec',
      `The SDP offer holds none of the codecs ${wanted.join(', ')}; it offers ${[...new Set(unknownCodecs)].join(', ')}.`,
    );
  }
  return new MediaError('bad_offer', `The SDP offer holds no media that can be used: ${rule.expectation}.`);
}

/** Every codec of the table, by kind. */
export function codecsOf(kinds: readonly MediaKind[]): ReadonlyMap<MediaKind, readonly Codec[]> {
  return new Map(kinds.map((kind) => [kind, codecs.filter((codec) => codec.kind === kind)]));
}
