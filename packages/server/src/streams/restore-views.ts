import type { MediaRouter } from '../media/media-router.ts';
import type { Publications } from './publications.ts';
import { tellOfStream, type Telling } from './tell-of-stream.ts';

/** What {@link restoreViews} needs. */
export interface RestoreViewsOptions extends Telling {
  readonly mediaRouter: Pick<MediaRouter, 'onPeerLost'>;
  readonly publications: Pick<Publications, 'find'>;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/** Keeps an event small. */
const idsPerEvent = 100;

/**
 * Asks viewers for new connections when what they were connected to is gone, such as a media process: they would notice only after
 * some seconds that nothing arrives.
 */
export function restoreViews(options: RestoreViewsOptions): void {
  const { mediaRouter, publications, onError } = options;
  let lost = new Map<string, string[]>();

  const ask = (): void => {
    const all = lost;
    lost = new Map();
    for (const [streamKey, viewerIds] of all) {
      const place = publications.find(streamKey);
      if (!place) continue;
      for (let first = 0; first < viewerIds.length; first += idsPerEvent) {
        const some = viewerIds.slice(first, first + idsPerEvent);
        const news = { type: 'ConferenceStreamMovingEvent', asked: 'VIEWERS', viewerIds: some } as const;
        tellOfStream(options, place, news).catch(onError);
      }
    }
  };

  mediaRouter.onPeerLost(({ streamKey, viewerId, isRouterGone }) => {
    if (!isRouterGone || viewerId === undefined) return;
    // Once for all that are lost together.
    if (lost.size === 0) setImmediate(ask);
    const viewerIds = lost.get(streamKey) ?? [];
    viewerIds.push(viewerId);
    lost.set(streamKey, viewerIds);
  });
}
