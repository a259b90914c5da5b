import type { StreamType } from '@parley-rtc/contract';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs/codec.ts';
import { codecs } from '../codecs/codecs.ts';
import { parseFormatParameters } from '../codecs/format-parameters.ts';
import { acceptMedia, isRedOf, isSameCodec, type CodecChoice } from './accept-media.ts';
import type { Offer, OfferedCodec } from './offer.ts';

/** A screen may carry audio, although official clients send none (docs/server/platform.md, Screen sharing). */
const kindsByType: Readonly<Record<StreamType, readonly MediaKind[]>> = {
  MIC: ['audio'],
  CAM: ['video'],
  SCREEN: ['audio', 'video'],
  MIC_AND_CAM: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
};

/**
 * What the router accepts from a publisher's offer: the first supported codec of each section, because the order is
 * the publisher's preference (`setCodecPreferences`); redundant audio only if it comes before. Official iOS clients
 * offer to receive as well, so `sendrecv` counts as sending.
 * @throws MediaError `bad_offer` or `no_common_codec`
 */
export function acceptPublish(offer: Offer, type: StreamType): readonly AcceptedMedia[] {
  const kinds = kindsByType[type];
  return acceptMedia(offer, {
    kinds,
    choose: chooseFirstKnown,
    explainNoChoice,
    directions: ['sendonly', 'sendrecv'],
    acceptsExtension: () => true,
    expectation: `a stream of type ${type} needs a sendonly (or sendrecv) section of ${kinds.join(' or ')}`,
  });
}

function chooseFirstKnown(kind: MediaKind, offered: readonly OfferedCodec[]): CodecChoice | undefined {
  const known = offered.flatMap((candidate) => {
    const codec = codecs.find((row) => row.kind === kind && isSameCodec(candidate, row));
    const parameters = parseFormatParameters(candidate.formatParameters);
    // If not even an identical peer could decode it, it has parameters that the codec's row does not support.
    return codec?.isDecodable(parameters, parameters) ? [{ codec, offered: candidate }] : [];
  });
  const [first] = known;
  if (!first || kind === 'video') return first;
  const byPayloadType = new Map(known.map((choice) => [choice.offered.payloadType, choice]));
  for (const candidate of offered.slice(0, offered.indexOf(first.offered))) {
    // One look-up by the first inner payload type: the list of them may be as long as a line.
    const inside = byPayloadType.get(Number.parseInt(candidate.formatParameters, 10));
    if (inside && isRedOf(candidate, inside.codec, inside.offered.payloadType)) {
      return { ...inside, red: candidate };
    }
  }
  return first;
}

function explainNoChoice(kind: MediaKind, offered: readonly OfferedCodec[]): string {
  const known = codecs.filter((codec) => codec.kind === kind).map(({ name }) => name);
  const names = new Set(offered.map(({ name }) => name));
  return `The SDP offer has ${kind} in none of the codecs ${known.join(', ')}; it offers ${[...names].join(', ') || 'none'}.`;
}
