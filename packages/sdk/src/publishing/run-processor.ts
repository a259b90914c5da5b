import { withDeadline } from '@parley-rtc/client';
import { processorTimeoutMs } from '../waiting/recovery-policy.ts';
import type { TrackProcessor } from './track-processor.ts';

/**
 * Returns the processed track. Rejects with the processor's error, and when it takes more than 30 s or `closing` aborts; then
 * abort `signal`, and a track that comes later is stopped.
 */
export function runProcessor(
  processor: TrackProcessor,
  track: MediaStreamTrack,
  signal: AbortSignal,
  closing: AbortSignal,
): Promise<MediaStreamTrack> {
  const deadline = { operation: 'setProcessor', signals: [closing], timeoutMs: processorTimeoutMs };
  return withDeadline(deadline, async () => {
    const processed = await processor.process(track, signal);
    if (signal.aborted && processed !== track) processed.stop();
    return processed;
  });
}
