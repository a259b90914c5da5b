import type { AcceptedMedia } from '../accepted-media.ts';

const transportWide = 'transport-cc';
const receiverEstimate = 'goog-remb';

/**
 * Leaves of the two ways to tell what a viewer's link carries the one that will be used: when each packet arrived, where
 * the video has numbers for that and retransmissions to try with whether there is room; else the viewer's own estimate.
 */
export function chooseBandwidthFeedback(media: readonly AcceptedMedia[]): readonly AcceptedMedia[] {
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
