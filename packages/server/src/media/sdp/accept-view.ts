import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { parseFormatParameters, pickFormatParameters } from '../codecs/format-parameters.ts';
import { acceptMedia, isRedOf, isSameCodec } from './accept-media.ts';
import type { CodecChoice } from './accept-media.ts';
import { chooseBandwidthFeedback } from './choose-bandwidth-feedback.ts';
import type { Offer, OfferedCodec } from './offer.ts';

/**
 * What a viewer can be given of the published media: the very codecs of the publisher, since nothing is transcoded.
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
    expectation: `this stream is viewed with a bundled recvonly (or sendrecv) section of ${kinds.join(' or ')} with rtcp-mux`,
  });
  return chooseBandwidthFeedback(accepted);
}

/** A decoder for just what is published, else one for more. */
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

/** The advice comes first, since clients cut long texts. */
function explainNoDecoder(published: AcceptedMedia | undefined, offered: readonly OfferedCodec[]): string {
  if (!published) return 'This stream has no such media.';
  const { kind, codec, formatParameters } = published;
  const describe = ({ name, formatParameters: parameters }: OfferedCodec) =>
    name.toLowerCase() === codec.name.toLowerCase() ? withParameters(published, parameters) : name;
  const offers = new Set(
    offered.filter(({ name }) => !/^(rtx|red|ulpfec|flexfec)/i.test(name)).map(describe),
  );
  const everybodys = kind === 'video' ? 'VP8' : 'opus';
  const advice =
    codec.name === everybodys
      ? `Offer ${codec.name} too.`
      : `Publish it in ${everybodys}, which all can decode, or view it where ${codec.name} is there.`;
  return (
    `This stream has its ${kind} in ${withParameters(published, formatParameters)}, which the viewer lacks. ` +
    `${advice} The viewer offers ${[...offers].join(', ') || 'no codec'}.`
  );
}

function withParameters({ codec }: AcceptedMedia, formatParameters: string): string {
  const named = pickFormatParameters(formatParameters, codec.answeredParameters);
  return named === '' ? codec.name : `${codec.name} (${named})`;
}
