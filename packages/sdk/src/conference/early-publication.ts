import { loadPart } from '../load-part.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream } from '../media/published-stream.ts';

/** What is published together with joining. */
export interface EarlyPublication {
  /** Publishes it by `publish`, once we are inside. */
  readonly finish: (
    publish: (options: PublishOptions) => Promise<PublishedStream>,
  ) => Promise<PublishedStream>;
  /** Nothing comes of it: stops what was or will be captured. */
  readonly discard: () => void;
}

/**
 * Opens the devices that `options` ask for while we are still on the way in. A preview and the app's own media stay
 * where they are until we are inside, so that a join that fails does not use them up.
 */
export function beginPublication(options: PublishOptions): EarlyPublication {
  if ('preview' in options || 'mediaStream' in options) {
    return { finish: (publish) => publish(options), discard: () => {} };
  }
  const unwanted = new AbortController();
  const loading = loadPart('publishing', () => import('../media/capture.ts'));
  const capturing = loading.then(({ capture }) => {
    unwanted.signal.throwIfAborted();
    return capture(options, unwanted.signal);
  });
  // Fetched meanwhile. Publishing asks for it again, and is told if it does not come.
  import('../media/open-publication.ts').catch(() => {});
  const discard = () => {
    unwanted.abort();
    Promise.all([loading, capturing]).then(
      ([{ stopAll }, { mediaStream }]) => stopAll(mediaStream),
      () => {},
    );
  };
  // Whoever waits for `finish` hears of it.
  capturing.catch(() => {});
  return {
    async finish(publish) {
      try {
        return await publish({ ...options, preview: { handOver: () => capturing } });
      } catch (error) {
        discard();
        throw error;
      }
    },
    discard,
  };
}
