import { withDeadline } from '@parley-rtc/client';
import { capture, stopAll } from '../devices/capture.ts';
import { loadPart } from '../load-part.ts';
import { assertBitrate } from './assert-bitrate.ts';
import type { Publication, PublicationContext } from './publication.ts';
import type { PublishOptions } from './publish-options.ts';

/** How long loading the publishing part may still take after the devices are open. */
const loadTimeoutMs = 15_000;

/** Captures and publishes. On any failure, captured tracks stop and nothing stays published. */
export async function publishMedia(
  options: PublishOptions,
  context: PublicationContext,
): Promise<Publication> {
  const operation = 'publishStream';
  const signals = [context.signal, options.signal];
  assertBitrate(options.videoBitrateBps ?? 0);
  // Loads while the browser opens the devices; a page that only views never needs it.
  const loading = loadPart('publishing', () => import('./publication.ts'));
  // Awaited below; a failure before that must not count as unhandled.
  loading.catch(() => {});
  // No deadline: the user may take any time to answer the permission prompt.
  const captured = await withDeadline({ operation, signals }, ({ signal }) => capture(options, signal));
  try {
    const part = await withDeadline({ operation, signals, timeoutMs: loadTimeoutMs }, () => loading);
    const publication = new part.Publication(captured, options, context);
    context.onCreated(publication);
    await publication.open();
    return publication;
  } catch (error) {
    if (captured.isOurs) stopAll(captured.mediaStream);
    throw error;
  }
}
