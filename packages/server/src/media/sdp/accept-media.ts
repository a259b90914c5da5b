import type { AcceptedMedia } from '../accepted-media.ts';
import type { Codec, MediaKind } from '../codecs/codec.ts';
import type { ExtensionIds } from '../header-extensions.ts';
import { MediaError } from '../media-router.ts';
import { acceptExtensions, type ExtensionRule } from './accept-extensions.ts';
import type { Offer, OfferedCodec, OfferedSection, TransportGroup } from './offer.ts';
import {
  ambiguous,
  notBundled,
  nothingUsable,
  whyUnusable,
  withoutTransport,
  type SectionRule,
} from './usable-section.ts';

/** The chosen codec of a section, and the payload type under which the peer offered it. */
export interface CodecChoice {
  readonly codec: Codec;
  readonly offered: OfferedCodec;
  /** Redundant audio around it, if supported. */
  readonly red?: OfferedCodec | undefined;
}

/** What one side of the router accepts from an offer. */
export interface AcceptanceRule extends SectionRule, ExtensionRule {
  /** Chooses from the codecs of a section, in the order of the offer; undefined if none is usable. */
  readonly choose: (kind: MediaKind, offered: readonly OfferedCodec[]) => CodecChoice | undefined;
  /** Explains why none of these codecs is usable, and what to do about it. */
  readonly explainNoChoice: (kind: MediaKind, offered: readonly OfferedCodec[]) => string;
}

/** Browsers send at most three layers. */
const maxLayers = 3;

/**
 * Accepts at most one section of each kind from an offer, with one codec, its retransmissions, feedback and header
 * extensions. All of them share one transport. A kind that is offered without a usable codec refuses the whole offer:
 * an error is better than a missing half of a call that no one notices until they see a black tile.
 * @throws MediaError `bad_offer` when no section is usable, `no_common_codec` when only the codecs make one unusable
 */
export function acceptMedia(offer: Offer, rule: AcceptanceRule): readonly AcceptedMedia[] {
  const byGroup = offer.groups.map((group) => chooseSections(group, rule));
  const most = Math.max(...byGroup.map(({ length }) => length));
  const chosen = byGroup.find(({ length }) => length === most) ?? [];
  for (const kind of rule.kinds) {
    if (!chosen.some((one) => one.kind === kind)) assertNotOffered(kind, offer, byGroup.flat(), rule);
  }
  if (chosen.length === 0) throw nothingUsable(offer, rule);
  // Refuses an offer without a transport, before anything is set up for it.
  offer.groups[byGroup.indexOf(chosen)]?.readTransport();
  const order = new Map(offer.sections.map((section, index) => [section, index]));
  const inOrder = chosen.toSorted((a, b) => (order.get(a.section) ?? 0) - (order.get(b.section) ?? 0));
  const extensionIds = acceptExtensions(
    inOrder.map(({ section }) => section),
    rule,
  );
  return inOrder.map((one, index) => acceptSection(one, extensionIds[index] ?? {}));
}

/** Refuses an offer of which a kind would be missing, for the true reason. */
function assertNotOffered(
  kind: MediaKind,
  offer: Offer,
  choices: readonly ChosenSection[],
  rule: AcceptanceRule,
): void {
  const elsewhere = choices.find((one) => one.kind === kind);
  if (elsewhere) throw notBundled(elsewhere.section);
  const usable = offer.sections.filter(
    (section) => section.type === kind && whyUnusable(section, rule) === undefined,
  );
  const [first] = usable;
  if (!first) return;
  const grouped = new Set(offer.groups.flatMap(({ sections }) => sections));
  if (!grouped.has(first)) throw withoutTransport(first);
  const offered = usable.flatMap(usableCodecs);
  const choice = rule.choose(kind, offered);
  if (choice) throw ambiguous(choice.offered.payloadType);
  throw new MediaError('no_common_codec', rule.explainNoChoice(kind, offered));
}

/** A section to accept, with its codec. */
interface ChosenSection extends CodecChoice {
  readonly kind: MediaKind;
  readonly section: OfferedSection;
  readonly rtx: OfferedCodec | undefined;
}

/** The first usable section of each kind. A payload type means the same in all of them (RFC 9143, section 9.1). */
function chooseSections(group: TransportGroup, rule: AcceptanceRule): ChosenSection[] {
  const chosen: ChosenSection[] = [];
  for (const section of group.sections) {
    const kind = rule.kinds.find((accepted) => accepted === section.type);
    if (!kind || chosen.some((one) => one.kind === kind) || whyUnusable(section, rule)) continue;
    const taken = new Set(chosen.flatMap(payloadTypesOf));
    const codecs = usableCodecs(section).filter(({ payloadType }) => !taken.has(payloadType));
    const choice = rule.choose(kind, codecs);
    if (!choice) continue;
    const rtx = findRetransmission(codecs, choice.offered.payloadType);
    chosen.push({ ...choice, kind, section, rtx });
  }
  return chosen;
}

function payloadTypesOf({ offered, red, rtx }: ChosenSection): number[] {
  return [offered, red, rtx].flatMap((codec) => codec?.payloadType ?? []);
}

function acceptSection(
  { kind, section, codec, offered, red, rtx }: ChosenSection,
  offeredIds: ExtensionIds,
): AcceptedMedia {
  const layers = acceptLayers(section, offeredIds);
  const { 'dependency-descriptor': descriptor, ...otherIds } = offeredIds;
  // The layers of a simulcast have unrelated descriptors, and one with a structure needs a long element.
  const hasDescriptor =
    descriptor !== undefined &&
    codec.usesDependencyDescriptor === true &&
    section.allowsMixedExtensions &&
    Object.keys(layers).length === 0;
  return {
    kind,
    mid: section.mid,
    codec,
    payloadType: offered.payloadType,
    ...(rtx && { rtxPayloadType: rtx.payloadType }),
    ...(red && { redPayloadType: red.payloadType }),
    formatParameters: codec.negotiate?.(offered.formatParameters) ?? offered.formatParameters,
    feedback: codec.feedback.filter((message) => offered.feedback.includes(message)),
    extensionIds: hasDescriptor ? offeredIds : otherIds,
    ...layers,
    repairedSsrcs: section.sources.repaired,
    hasReducedSizeRtcp: section.hasReducedSizeRtcp,
  };
}

function usableCodecs(section: OfferedSection): readonly OfferedCodec[] {
  return section.codecs.filter(({ payloadType }) => isPayloadType(payloadType));
}

/** Layers that packets name by rid, or that the offer names by SSRC; a peer that does neither sends one layer. */
function acceptLayers(
  { rids, sources }: OfferedSection,
  { rid }: ExtensionIds,
): Pick<AcceptedMedia, 'rids' | 'layerSsrcs'> {
  if (rid !== undefined && rids.length > 0) return { rids: rids.slice(0, maxLayers) };
  return sources.layers.length > 1 ? { layerSsrcs: sources.layers.slice(0, maxLayers) } : {};
}

/**
 * Whether an offered payload type is this codec, regardless of its parameters. Some clients leave out the channels of
 * audio (GStreamer does in `OPUS/48000`).
 */
export function isSameCodec(offered: OfferedCodec, codec: Codec): boolean {
  return (
    offered.name.toLowerCase() === codec.name.toLowerCase() &&
    offered.clockRate === codec.clockRate &&
    (offered.channels === undefined || offered.channels === codec.channels)
  );
}

/** Whether `offered` is redundancy (RFC 2198) around this payload type of the codec. */
export function isRedOf(offered: OfferedCodec, codec: Codec, payloadType: number): boolean {
  return (
    isSameCodec(offered, { ...codec, name: 'red' }) &&
    offered.formatParameters.split('/').every((inner) => inner.trim() === String(payloadType))
  );
}

/** Whether RTP can carry this payload type on one port with RTCP (RFC 5761, section 4). */
function isPayloadType(payloadType: number): boolean {
  return (
    Number.isInteger(payloadType) &&
    payloadType >= 0 &&
    (payloadType < 64 || payloadType > 95) &&
    payloadType < 128
  );
}

/** RTX is useless without NACK, so it counts only if the repaired codec supports NACK. */
function findRetransmission(codecs: readonly OfferedCodec[], payloadType: number): OfferedCodec | undefined {
  const repairs = new RegExp(`(^|[; ])apt=${payloadType}($|[; ])`);
  return codecs.find(
    ({ name, formatParameters }) => name.toLowerCase() === 'rtx' && repairs.test(formatParameters),
  );
}
