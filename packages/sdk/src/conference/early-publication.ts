import { loadPart } from '../load-part.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';

/** A stream that is published together with joining. */
export interface EarlyPublication {
  /** Publishes the stream with `publish`. Call it once we have joined. */
  readonly finish: (
    publish: (options: PublishOptions) => Promise<PublishedStream>,
  ) => Promise<PublishedStream>;
  /** Stops media that was or will be captured. Call it when joining fails. */
  readonly discard: () => void;
}

/**
 * Opens the devices that `options` request while joining still runs. A preview and the app's own media stay untouched
 * until we have joined, so that the app still has them when joining fails.
 */
export function beginPublication(options: PublishOptions): EarlyPublication {
  if ('preview' in options || 'mediaStream' in options) {
    return { finish: (publish) => publish(options), discard: () => {} };
  }
  const discarding = new AbortController();
  const loading = loadPart('publishing', () => import('../devices/capture.ts'));
  const capturing = loading.then(({ capture }) => {
    discarding.signal.throwIfAborted();
    return capture(options, discarding.signal);
  });
  // Preloaded; publishing imports it again and reports a failure.
  import('../publishing/publication.ts').catch(() => {});
  const discard = () => {
    discarding.abort();
    Promise.all([loading, capturing]).then(
      ([{ stopAll }, { mediaStream }]) => stopAll(mediaStream),
      () => {},
    );
  };
  // The caller of `finish` receives the failure.
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
