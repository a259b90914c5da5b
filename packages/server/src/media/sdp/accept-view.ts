import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { parseFormatParameters, pickFormatParameters } from '../codecs/format-parameters.ts';
import { acceptMedia, isRedOf, isSameCodec, type CodecChoice } from './accept-media.ts';
import type { Offer, OfferedCodec } from './offer.ts';

const transportWide = 'transport-cc';
const receiverEstimate = 'goog-remb';

/**
 * What a viewer can receive of the published media: exactly the publisher's codecs, because nothing is transcoded.
 * @throws MediaError `bad_offer` or `no_common_codec`
 */
export function acceptView(offer: Offer, published: readonly AcceptedMedia[]): readonly AcceptedMedia[] {
  const kinds = published.map(({ kind }) => kind);
  const publishedAs = (kind: MediaKind) => published.find((media) => media.kind === kind);
  const accepted = acceptMedia(offer, {
    kinds,
    choose: (kind, offered) => chooseDecoder(publishedAs(kind), offered),
    explainNoChoice: (kind, offered) => explainNoDecoder(publishedAs(kind), offered),
    directions: ['recvonly', 'sendrecv'],
    acceptsExtension: (row) => row.toViewer !== 'no',
    expectation: `viewing this stream needs a recvonly (or sendrecv) section of ${kinds.join(' or ')}`,
  });
  return chooseBandwidthFeedback(accepted);
}

/** A decoder for exactly what is published, otherwise one for more. */
function chooseDecoder(
  published: AcceptedMedia | undefined,
  offered: readonly OfferedCodec[],
): CodecChoice | undefined {
  if (!published) return undefined;
  const { codec } = published;
  const sent = parseFormatParameters(published.formatParameters);
  const decoders = offered
    .filter((candidate) => isSameCodec(candidate, codec))
    .map((candidate) => ({ candidate, read: parseFormatParameters(candidate.formatParameters) }))
    .filter(({ read }) => codec.isDecodable(sent, read));
  const best = decoders.find(({ read }) => codec.isDecodable(read, sent)) ?? decoders[0];
  if (!best) return undefined;
  const { payloadType } = best.candidate;
  const hasRed = published.redPayloadType !== undefined;
  const red = hasRed ? offered.find((candidate) => isRedOf(candidate, codec, payloadType)) : undefined;
  return { codec, offered: best.candidate, red };
}

/** The advice comes first, because clients truncate long texts. */
function explainNoDecoder(published: AcceptedMedia | undefined, offered: readonly OfferedCodec[]): string {
  if (!published) return 'The stream has no such media.';
  const { kind, codec, formatParameters } = published;
  const describe = ({ name, formatParameters: parameters }: OfferedCodec) =>
    name.toLowerCase() === codec.name.toLowerCase() ? withParameters(published, parameters) : name;
  const offers = new Set(
    offered.filter(({ name }) => !/^(rtx|red|ulpfec|flexfec)/i.test(name)).map(describe),
  );
  const fallbackCodec = kind === 'video' ? 'VP8' : 'opus';
  const advice =
    codec.name === fallbackCodec
      ? `Offer ${codec.name} too.`
      : `Publish it in ${fallbackCodec}, which all browsers decode, or view it in a browser with ${codec.name}.`;
  return (
    `The stream carries ${kind} in ${withParameters(published, formatParameters)}, which the viewer lacks. ` +
    `${advice} The viewer offers ${[...offers].join(', ') || 'no codec'}.`
  );
}

function withParameters({ codec }: AcceptedMedia, formatParameters: string): string {
  const named = pickFormatParameters(formatParameters, codec.answeredParameters);
  return named === '' ? codec.name : `${codec.name} (${named})`;
}

/**
 * Keeps only one of the two ways to measure a viewer's link: the arrival of each packet, if the video has
 * transport-wide numbers and retransmissions with which to probe; otherwise the viewer's own estimate.
 */
function chooseBandwidthFeedback(media: readonly AcceptedMedia[]): readonly AcceptedMedia[] {
  const isTransportWide = media.some(
    ({ kind, feedback, extensionIds, rtxPayloadType }) =>
      kind === 'video' &&
      feedback.includes(transportWide) &&
      extensionIds[transportWide] !== undefined &&
      rtxPayloadType !== undefined,
  );
  const unused = isTransportWide ? receiverEstimate : transportWide;
  return media.map((one) => {
    const { [transportWide]: transportId, ...otherIds } = one.extensionIds;
    const hasNumbers = isTransportWide && transportId !== undefined;
    return {
      ...one,
      feedback: one.feedback.filter((message) => message !== unused),
      extensionIds: hasNumbers ? one.extensionIds : otherIds,
    };
  });
}
