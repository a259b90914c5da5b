import type { AcceptedMedia } from '../accepted-media.ts';
import { acceptMedia } from './accept-media.ts';
import type { Offer } from './offer.ts';

/**
 * What a viewer can be given of the published media.
 * Transport-wide feedback is left out on purpose: browsers then report what their link carries as REMB.
 * @throws MediaError `bad_offer` or `no_common_codec`
 */
export function acceptView(offer: Offer, published: readonly AcceptedMedia[]): readonly AcceptedMedia[] {
  const kinds = published.map(({ kind }) => kind);
  return acceptMedia(offer, {
    codecs: new Map(published.map(({ kind, codec }) => [kind, [codec]])),
    directions: ['recvonly', 'sendrecv'],
    acceptsExtension: (row) => row.toViewer !== 'no',
    withoutFeedback: ['transport-cc'],
    expectation: `this stream is viewed with a bundled recvonly (or sendrecv) section of ${kinds.join(' or ')} with rtcp-mux`,
  });
}
