import { ParleyError } from '@parley-rtc/client';

/** The stream, preview or media lacks a track that the call needs. */
export class StreamTypeMismatchError extends ParleyError {
  override readonly name = 'StreamTypeMismatchError';
  override readonly code = 'ERR_STREAM_TYPE_MISMATCH';
}

/** No participant publishes a stream with this id (any more). */
export class StreamNotFoundError extends ParleyError {
  override readonly name = 'StreamNotFoundError';
  override readonly code = 'ERR_STREAM_NOT_FOUND';
  readonly streamId: string;
  constructor(streamId: string, options?: ErrorOptions) {
    super(`No participant publishes stream ${streamId}.`, 'Wait for `stream-published`.', options);
    this.streamId = streamId;
  }
}

/** The conference is on hold, so no screen can be shared. */
export class OnHoldError extends ParleyError {
  override readonly name = 'OnHoldError';
  override readonly code = 'ERR_ON_HOLD';
  override readonly retryable = true;
  constructor() {
    super('The conference is on hold.', 'Share the screen after it resumes.');
  }
}

/** Browser and server could not agree on the media of a stream. */
export class NegotiationError extends ParleyError {
  override readonly name = 'NegotiationError';
  override readonly code = 'ERR_NEGOTIATION';
  constructor(whatHappened: string, options?: ErrorOptions) {
    super(whatHappened, "Report its message and `cause` to the server's operator.", options);
  }
}

/** The media connection of one stream failed (ICE or DTLS) or was lost. Its publication or view is closed. */
export class MediaConnectionError extends ParleyError {
  override readonly name = 'MediaConnectionError';
  override readonly code = 'ERR_MEDIA_CONNECTION';
  override readonly retryable = true;
  readonly streamId: string;
  readonly direction: 'publish' | 'view';
  constructor(streamId: string, direction: 'publish' | 'view') {
    super(
      `The media connection to ${direction} stream ${streamId} failed and was closed.`,
      'Publish or view the stream again. If that fails too, a TURN server may help.',
    );
    this.streamId = streamId;
    this.direction = direction;
  }
}

/** The browser does not play media before the user interacts with the page. */
export class PlaybackBlockedError extends ParleyError {
  override readonly name = 'PlaybackBlockedError';
  override readonly code = 'ERR_PLAYBACK_BLOCKED';
  readonly element: HTMLMediaElement;
  constructor(element: HTMLMediaElement, options?: ErrorOptions) {
    super(
      'The browser blocks playback until the user acts.',
      'Call `conference.startPlayback()` from a click handler.',
      options,
    );
    this.element = element;
  }
}
