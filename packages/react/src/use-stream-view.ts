import type { Conference, ParleyError, ViewedStream } from '@parley-rtc/sdk';
import { type RefCallback, useEffect, useState } from 'react';
import { attachIfOpen, hold, isAboutView } from '@parley-rtc/sdk/bindings';

/** A stream of somebody else on its way to a media element. */
export interface StreamView {
  /** There once the server has answered; media follows. */
  readonly view: ViewedStream | undefined;
  /**
   * What went wrong with this view: it could not be had, its connection failed, or the browser wants a click before it
   * plays (`PlaybackBlockedError`, with the element).
   */
  readonly error: ParleyError | undefined;
  /** For the `ref` of a `<video>` or `<audio>`; which element it is may change. */
  readonly ref: RefCallback<HTMLMediaElement>;
}

/**
 * Receives a stream for as long as the component is mounted and shows it in the element that gets `ref`. Stops when
 * the conference or the stream changes and on unmount. Without a conference or a stream it receives nothing.
 */
export function useStreamView(conference: Conference | undefined, streamId: string | undefined): StreamView {
  const [view, setView] = useState<ViewedStream>();
  const [error, setError] = useState<ParleyError>();
  const [element, ref] = useState<HTMLMediaElement | null>(null);

  useEffect(() => {
    if (!conference || streamId === undefined) return;
    const letGo = hold({
      acquire: (signal) => conference.viewStream(streamId, { signal }),
      release: (held) => void held.stop(),
      onHeld: setView,
      onFailed: setError,
    });
    return () => {
      letGo();
      setView(undefined);
      setError(undefined);
    };
  }, [conference, streamId]);

  useEffect(() => {
    if (!conference || streamId === undefined) return;
    return conference.on('error', (problem) => {
      if (isAboutView(problem.error, streamId, element)) setError(problem.error);
    });
  }, [conference, streamId, element]);

  useEffect(() => {
    if (view && element) return attachIfOpen(view, element);
  }, [view, element]);

  return { view, error, ref };
}
