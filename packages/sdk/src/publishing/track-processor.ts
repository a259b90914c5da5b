/** Transforms a track, for example to replace a video's background or suppress noise. */
export interface TrackProcessor {
  /**
   * Returns a processed track of the same kind as the captured `track`. When `signal` aborts, stop the returned track and
   * free its resources, but do not stop the captured one.
   */
  process(track: MediaStreamTrack, signal: AbortSignal): Promise<MediaStreamTrack>;
}
