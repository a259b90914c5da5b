import type { AcceptedMedia } from '../accepted-media.ts';
import type { RemoteTransportParameters } from '../transport/rtp-transport.ts';
import type { Offer, TransportGroup } from './offer.ts';
import { badOffer } from './sdp-text.ts';

/** The sections among which this accepted media of an offer is; undefined if there is none. */
export function chosenGroup(offer: Offer, accepted: readonly AcceptedMedia[]): TransportGroup | undefined {
  const [first] = accepted;
  return offer.groups.find(({ sections }) =>
    sections.some(({ type, mid }) => type === first?.kind && mid === first.mid),
  );
}

/**
 * The transport that the peer proposes for this accepted media.
 * @throws MediaError `bad_offer` when the offer lacks what a transport needs
 */
export function chosenTransport(offer: Offer, accepted: readonly AcceptedMedia[]): RemoteTransportParameters {
  const group = chosenGroup(offer, accepted);
  if (!group) throw badOffer('it proposes no transport');
  return group.readTransport();
}
