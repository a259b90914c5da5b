import type { Conference, ParleyError, ViewedStream } from '@parley-rtc/sdk';
import { attachIfOpen, hasViewFailed, isBlocked, manageResource } from '@parley-rtc/sdk/bindings';
import { useCallback, useEffect, useMemo, useState, type RefCallback } from 'react';
import { useConferenceState } from './use-conference-state.ts';

/** A view of another participant's stream, for a media element. */
export interface StreamView {
  /** Set once the server has answered; media follows. */
  readonly view: ViewedStream | undefined;
  /** Why the stream cannot be viewed: viewing failed, or the view's connection did. Stays until `retry()`. */
  readonly error: ParleyError | undefined;
  /**
   * Whether the browser blocks playback until the user clicks. Keep the element in the page, and call
   * `conference.startPlayback()` from a click handler.
   */
  readonly isPlaybackBlocked: boolean;
  /** Views the stream again after an error. */
  readonly retry: () => void;
  /** The `ref` of a `<video>` or `<audio>`. The element may change. */
  readonly ref: RefCallback<HTMLMediaElement>;
}

/**
 * Views a stream while the component is mounted and plays it in the element with `ref`. Stops viewing when the
 * conference or the stream changes and on unmount. Without a conference or a stream, it views nothing.
 */
export function useStreamView(conference: Conference | undefined, streamId: string | undefined): StreamView {
  const [view, setView] = useState<ViewedStream>();
  const [error, setError] = useState<ParleyError>();
  const [element, ref] = useState<HTMLMediaElement | null>(null);
  const [attempt, setAttempt] = useState(0);
  const isPlaybackBlocked =
    useConferenceState(conference, (snapshot) => isBlocked(snapshot, streamId)) ?? false;
  const retry = useCallback(() => setAttempt((count) => count + 1), []);

  const target = useMemo(
    () => (conference && streamId !== undefined ? { conference, streamId, attempt } : undefined),
    [conference, streamId, attempt],
  );

  useEffect(() => {
    if (!target) return;
    const release = manageResource({
      acquire: (signal) => target.conference.viewStream(target.streamId, { signal }),
      release: (held) => void held.stop(),
      onAcquired: setView,
      onFailed: setError,
    });
    return () => {
      release();
      setView(undefined);
      setError(undefined);
    };
  }, [target]);

  useEffect(() => {
    if (!conference || streamId === undefined) return;
    return conference.on('error', (problem) => {
      if (hasViewFailed(problem.error, streamId)) setError(problem.error);
    });
  }, [conference, streamId]);

  useEffect(() => {
    if (view && element) return attachIfOpen(view, element);
  }, [view, element]);

  return { view, error, isPlaybackBlocked, retry, ref };
}
