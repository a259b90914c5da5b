/** Changes what a track carries, such as the background of a picture or the noise behind a voice. */
export interface TrackProcessor {
  /**
   * Makes a track out of a captured one, of the same kind. When `signal` aborts, the result is no longer wanted: stop
   * it and free what it holds. The captured track is not the processor's to stop.
   */
  process(track: MediaStreamTrack, signal: AbortSignal): Promise<MediaStreamTrack>;
}
