import { withDeadline } from '@parley-rtc/client';
import { loadPart } from '../load-part.ts';
import { assertBitrate } from './assert-bitrate.ts';
import { capture, stopAll } from './capture.ts';
import type { Publication, PublishVerbs } from './open-publication.ts';
import type { PublishOptions } from './publish-options.ts';

/** How long the rest of publishing may still take to be fetched once the devices are open. */
const loadTimeoutMs = 15_000;

/** Captures and publishes. On any failure what was captured is stopped and nothing stays published. */
export async function publishMedia(options: PublishOptions, verbs: PublishVerbs): Promise<Publication> {
  const operation = 'publishStream';
  const signals = [verbs.signal, options.signal];
  assertBitrate(options.videoBitrateBps ?? 0);
  // Fetched while the browser opens the devices; who only views never needs it.
  const loading = loadPart('publishing', () => import('./open-publication.ts'));
  // Awaited below; until then a failure of it must not count as unhandled.
  loading.catch(() => {});
  // No deadline here: the user may take any time to answer the browser's question.
  const captured = await withDeadline({ operation, signals }, ({ signal }) => capture(options, signal));
  try {
    const { openPublication } = await withDeadline(
      { operation, signals, timeoutMs: loadTimeoutMs },
      () => loading,
    );
    return await openPublication(captured, options, verbs);
  } catch (error) {
    if (captured.isOurs) stopAll(captured.mediaStream);
    throw error;
  }
}
