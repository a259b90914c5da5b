import { MediaError } from '../../src/media/media-router.ts';
import type { ChooseRouter } from '../../src/media/pool/choose-router.ts';
import { ProcessPoolRouter } from '../../src/media/processes/process-pool-router.ts';
import { farSideOf, NativePeer } from '../../src/media/testing/native-peer.ts';
import { publishOffer, viewedFormat, viewOffer } from './load-offers.ts';
import type { RouterUnderLoad } from './router-under-load.ts';

/** Media processes without a server around them; with one process, it is the only one that routes. */
export async function startPool(processes: number, choose?: ChooseRouter): Promise<RouterUnderLoad> {
  const router = new ProcessPoolRouter({
    processes,
    optionsOf: () => ({ bindAddress: '127.0.0.1' }),
    log: (level, message, fields) => {
      if (level === 'warn' || level === 'error') console.error(message, fields);
    },
    ...(choose && { choose }),
  });
  // Once all have answered, all can take streams.
  await router.facts();
  let count = 0;
  return {
    pids: router.pids,
    publish: async (isSimulcast) => {
      const streamId = `stream ${(count += 1)}`;
      const peer = await NativePeer.create('127.0.0.1');
      const offer = publishOffer(peer, isSimulcast);
      const request = {
        streamKey: streamId,
        type: 'MIC_AND_CAM',
        sdpOffer: offer,
        videoBitrateBps: 0,
      } as const;
      const { sdpAnswer } = await untilThereIsRoom(() => router.publish(request));
      await peer.connect(farSideOf(sdpAnswer), (candidate) =>
        router.addPublishCandidates(streamId, [{ candidate }]),
      );
      return { streamId, peer, offer };
    },
    view: async (streamId, hasFeedback) => {
      const viewerId = `viewer ${(count += 1)}`;
      const peer = await NativePeer.create('127.0.0.1');
      const request = { streamKey: streamId, viewerId, sdpOffer: viewOffer(peer, hasFeedback) };
      const { sdpAnswer } = await untilThereIsRoom(() => router.view(request));
      await peer.connect(farSideOf(sdpAnswer), (candidate) =>
        router.addViewCandidates(streamId, viewerId, [{ candidate }]),
      );
      return { peer, format: viewedFormat(sdpAnswer) };
    },
    limitedViewers: async () => {
      const media = (await router.facts()).flatMap((facts) =>
        facts.viewerId === undefined ? [] : facts.media,
      );
      return media.filter(({ kind, estimateBps }) => kind === 'video' && estimateBps !== undefined).length;
    },
    loopDelayP99Ms: () => Promise.resolve(undefined),
    close: () => router.close(),
  };
}

/** A process that has just set up many peers asks for a pause. */
async function untilThereIsRoom<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof MediaError) || error.code !== 'overloaded' || attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
