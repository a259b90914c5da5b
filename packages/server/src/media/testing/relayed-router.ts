import { duplexPair } from 'node:stream';
import type { MediaRouter, RelayingRouter } from '../media-router.ts';

/** Two routers as one: streams are published at the first, and all views are at the second. */
export function relayedRouter(origin: RelayingRouter, edge: RelayingRouter): MediaRouter {
  const relays = new Map<string, Promise<void>>();
  const relay = (streamKey: string): Promise<void> => {
    const [here, there] = duplexPair();
    origin.sendRelay(streamKey, here);
    return edge.receiveRelay(streamKey, there);
  };
  const viewed = (streamKey: string): MediaRouter => (relays.has(streamKey) ? edge : origin);
  return {
    publish: (request) => origin.publish(request),
    addPublishCandidates: (streamKey, candidates) => origin.addPublishCandidates(streamKey, candidates),
    unpublish: (streamKey) => {
      relays.delete(streamKey);
      edge.unpublish(streamKey);
      origin.unpublish(streamKey);
    },
    setVideoBitrate: (streamKey, videoBitrateBps) => origin.setVideoBitrate(streamKey, videoBitrateBps),
    setMuted: (streamKey, kinds) => origin.setMuted(streamKey, kinds),
    view: async (request) => {
      const { streamKey } = request;
      if (!relays.has(streamKey)) relays.set(streamKey, relay(streamKey));
      await relays.get(streamKey);
      return await edge.view(request);
    },
    addViewCandidates: (streamKey, viewerId, candidates) =>
      viewed(streamKey).addViewCandidates(streamKey, viewerId, candidates),
    setViewedVideo: (streamKey, viewerId, video) =>
      viewed(streamKey).setViewedVideo(streamKey, viewerId, video),
    stopView: (streamKey, viewerId) => edge.stopView(streamKey, viewerId),
    onPeerLost: (listener) => {
      const removers = [
        origin.onPeerLost(listener),
        edge.onPeerLost((lost) => {
          if (lost.viewerId !== undefined) listener(lost);
        }),
      ];
      return () => removers.forEach((remove) => remove());
    },
    onLayersChanged: (listener) => origin.onLayersChanged(listener),
    record: (request) => origin.record(request),
    stopRecording: (streamKey) => origin.stopRecording(streamKey),
    onRecorded: (listener) => origin.onRecorded(listener),
    facts: async () => [...(await origin.facts()), ...(await edge.facts())],
    close: async () => {
      await edge.close();
      await origin.close();
    },
  };
}
