import type { StreamType } from '@parley-rtc/contract';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { MediaKind } from '../codecs.ts';
import { acceptMedia, codecsOf } from './accept-media.ts';
import type { Offer } from './offer.ts';

/** Official clients share screens without sound, but nothing says that a screen has none (reference, section 3.5). */
const kindsByType: Readonly<Record<StreamType, readonly MediaKind[]>> = {
  MIC: ['audio'],
  CAM: ['video'],
  SCREEN: ['audio', 'video'],
  MIC_AND_CAM: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
};

/**
 * What the router takes from a publisher's offer. Official iOS clients offer to receive as well, so `sendrecv` counts as sending.
 * @throws MediaError `bad_offer` or `no_common_codec`
 */
export function acceptPublish(offer: Offer, type: StreamType): readonly AcceptedMedia[] {
  const kinds = kindsByType[type];
  return acceptMedia(offer, {
    codecs: codecsOf(kinds),
    directions: ['sendonly', 'sendrecv'],
    acceptsExtension: (row) => row.fromPublisher,
    withoutFeedback: [],
    expectation: `a stream of type ${type} is published with a bundled sendonly (or sendrecv) section of ${kinds.join(' or ')} with rtcp-mux`,
  });
}
