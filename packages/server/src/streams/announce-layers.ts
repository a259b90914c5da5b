import type { MediaRouter } from '../media/media-router.ts';
import type { Publications } from './publications.ts';
import { tellOfStream, type Telling } from './tell-of-stream.ts';

/** What {@link announceLayers} needs. */
export interface AnnounceLayersOptions extends Telling {
  readonly mediaRouter: Pick<MediaRouter, 'onLayersChanged'>;
  readonly publications: Pick<Publications, 'find'>;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/**
 * Notifies publishers through the push which of their layers are viewed. Resumable: a publisher that missed that a
 * layer is needed again would never send it.
 */
export function announceLayers(options: AnnounceLayersOptions): void {
  const { mediaRouter, publications, onError } = options;
  mediaRouter.onLayersChanged(({ streamKey, activeRids }) => {
    const place = publications.find(streamKey);
    if (!place) return;
    tellOfStream(options, place, { type: 'ConferenceStreamLayersUpdatedEvent', activeRids }).catch(onError);
  });
}
