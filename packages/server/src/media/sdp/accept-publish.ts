import type { StreamType } from '@parley-rtc/contract';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { codecs } from '../codecs/codecs.ts';
import { parseFormatParameters } from '../codecs/format-parameters.ts';
import { acceptMedia, isRedOf, isSameCodec } from './accept-media.ts';
import type { CodecChoice } from './accept-media.ts';
import type { Offer, OfferedCodec } from './offer.ts';

/** Official clients share screens without sound, but nothing says that a screen has none (reference, section 3.5). */
const kindsByType: Readonly<Record<StreamType, readonly MediaKind[]>> = {
  MIC: ['audio'],
  CAM: ['video'],
  SCREEN: ['audio', 'video'],
  MIC_AND_CAM: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
};

/**
 * What the router takes from a publisher's offer: of each section the first codec that it knows, since the order is the
 * publisher's preference (`setCodecPreferences`); redundant audio only when it comes before. Official iOS clients offer to receive as well, so `sendrecv` counts as sending.
 * @throws MediaError `bad_offer` or `no_common_codec`
 */
export function acceptPublish(offer: Offer, type: StreamType): readonly AcceptedMedia[] {
  const kinds = kindsByType[type];
  return acceptMedia(offer, {
    kinds,
    choose: chooseFirstKnown,
    explainNoChoice,
    directions: ['sendonly', 'sendrecv'],
    acceptsExtension: (row) => row.fromPublisher,
    expectation: `a stream of type ${type} is published with a bundled sendonly (or sendrecv) section of ${kinds.join(' or ')} with rtcp-mux`,
  });
}

function chooseFirstKnown(kind: MediaKind, offered: readonly OfferedCodec[]): CodecChoice | undefined {
  const known = offered.flatMap((candidate) => {
    const codec = codecs.find((row) => row.kind === kind && isSameCodec(candidate, row));
    const parameters = parseFormatParameters(candidate.formatParameters);
    // What not even an equal peer could decode has parameters that the row does not know.
    return codec?.isDecodable(parameters, parameters) ? [{ codec, offered: candidate }] : [];
  });
  const [first] = known;
  if (!first || kind === 'video') return first;
  for (const candidate of offered.slice(0, offered.indexOf(first.offered))) {
    const inside = known.find(({ codec, offered: { payloadType } }) =>
      isRedOf(candidate, codec, payloadType),
    );
    if (inside) return { ...inside, red: candidate };
  }
  return first;
}

function explainNoChoice(kind: MediaKind, offered: readonly OfferedCodec[]): string {
  const known = codecs.filter((codec) => codec.kind === kind).map(({ name }) => name);
  const names = new Set(offered.map(({ name }) => name));
  return `The SDP offer has ${kind} in none of the codecs ${known.join(', ')}; it offers ${[...names].join(', ') || 'none'}.`;
}
