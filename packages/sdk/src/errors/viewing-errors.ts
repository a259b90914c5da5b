import { ParleyError } from '@parley-rtc/client';

/** The view was stopped or its stream ended. No further call works on it. */
export class ViewClosedError extends ParleyError {
  override readonly name = 'ViewClosedError';
  override readonly code = 'ERR_VIEW_CLOSED';
  readonly streamId: string;
  constructor(streamId: string) {
    super(`This view of stream ${streamId} is closed.`, 'Call viewStream() to open a new one.');
    this.streamId = streamId;
  }
}

/** No frame of a video was decoded for 10 s. Reported once, and again only after the video has recovered. */
export class NoFramesError extends ParleyError {
  override readonly name = 'NoFramesError';
  override readonly code = 'ERR_NO_FRAMES';
  override readonly retryable = true;
  readonly streamId: string;
  readonly viewerId: string;
  /** Whether packets of the video arrive, so that decoding is the problem. */
  readonly arePacketsArriving: boolean;
  constructor(streamId: string, viewerId: string, arePacketsArriving: boolean) {
    super(
      arePacketsArriving
        ? `The video of stream ${streamId} arrives but cannot be decoded.`
        : `The video of stream ${streamId} does not arrive.`,
      'Stop the view and view the stream again.',
    );
    this.streamId = streamId;
    this.viewerId = viewerId;
    this.arePacketsArriving = arePacketsArriving;
  }
}

/** The browser cannot play audio through this output. */
export class AudioOutputError extends ParleyError {
  override readonly name = 'AudioOutputError';
  override readonly code = 'ERR_AUDIO_OUTPUT';
  readonly deviceId: string;
  constructor(deviceId: string, options?: ErrorOptions) {
    super(
      `Audio cannot be played through output '${deviceId}'.`,
      'Choose one that enumerateDevices() lists after the user has granted access.',
      options,
    );
    this.deviceId = deviceId;
  }
}
