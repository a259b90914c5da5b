import { ParleyError } from '@parley-rtc/client';

/** What was to be published does not hold the kinds of media that its type promises. */
export class StreamTypeMismatchError extends ParleyError {
  override readonly name = 'StreamTypeMismatchError';
  override readonly code = 'ERR_STREAM_TYPE_MISMATCH';
}

/** No participant publishes a stream with this id, or not any more. */
export class StreamNotFoundError extends ParleyError {
  override readonly name = 'StreamNotFoundError';
  override readonly code = 'ERR_STREAM_NOT_FOUND';
  readonly streamId: string;
  constructor(streamId: string, options?: ErrorOptions) {
    super(`Nobody publishes stream ${streamId} now.`, "Wait for 'stream-published'.", options);
    this.streamId = streamId;
  }
}

/** The conference is on hold, and nobody shares a screen then. */
export class OnHoldError extends ParleyError {
  override readonly name = 'OnHoldError';
  override readonly code = 'ERR_ON_HOLD';
  override readonly retryable = true;
  constructor() {
    super('The conference is on hold.', 'Share the screen once it goes on.');
  }
}

/** Browser and server could not agree on the media of a stream. */
export class NegotiationError extends ParleyError {
  override readonly name = 'NegotiationError';
  override readonly code = 'ERR_NEGOTIATION';
  constructor(whatHappened: string, options?: ErrorOptions) {
    super(whatHappened, 'Report it to the operator of the server, with the cause of this error.', options);
  }
}

/** The connection of one stream was lost, or never came about (ICE or DTLS failed). The stream is closed by then. */
export class MediaConnectionError extends ParleyError {
  override readonly name = 'MediaConnectionError';
  override readonly code = 'ERR_MEDIA_CONNECTION';
  override readonly retryable = true;
  readonly streamId: string;
  readonly direction: 'publish' | 'view';
  constructor(streamId: string, direction: 'publish' | 'view') {
    super(
      `The media connection of stream ${streamId} failed, so its ${direction} is closed.`,
      `Start the ${direction} again; if that fails too, check that the network lets media through.`,
    );
    this.streamId = streamId;
    this.direction = direction;
  }
}

/** The browser does not play media before the user has touched the page. */
export class PlaybackBlockedError extends ParleyError {
  override readonly name = 'PlaybackBlockedError';
  override readonly code = 'ERR_PLAYBACK_BLOCKED';
  readonly element: HTMLMediaElement;
  constructor(element: HTMLMediaElement, options?: ErrorOptions) {
    super(
      'The browser blocks playback until the user acts.',
      'Call play() on the element from a click.',
      options,
    );
    this.element = element;
  }
}
