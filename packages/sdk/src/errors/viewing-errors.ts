import { ParleyError } from '@parley-rtc/client';

/** The view was stopped, or its stream is gone; nothing can be done with it any more. */
export class ViewClosedError extends ParleyError {
  override readonly name = 'ViewClosedError';
  override readonly code = 'ERR_VIEW_CLOSED';
  readonly streamId: string;
  constructor(streamId: string) {
    super(`This view of stream ${streamId} is closed.`, 'Call viewStream() for another one.');
    this.streamId = streamId;
  }
}

/** A video that should flow shows nothing: for 10 s no frame was decoded. Told once, and again after it has recovered. */
export class NoFramesError extends ParleyError {
  override readonly name = 'NoFramesError';
  override readonly code = 'ERR_NO_FRAMES';
  override readonly retryable = true;
  readonly streamId: string;
  readonly viewerId: string;
  /** Whether packets of the video arrive, which then cannot be decoded. */
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

/** The browser does not play through this audio output. */
export class AudioOutputError extends ParleyError {
  override readonly name = 'AudioOutputError';
  override readonly code = 'ERR_AUDIO_OUTPUT';
  readonly deviceId: string;
  constructor(deviceId: string, options?: ErrorOptions) {
    super(
      `Sound cannot be played through the audio output '${deviceId}'.`,
      'Choose one that enumerateDevices() lists, after the user has allowed it.',
      options,
    );
    this.deviceId = deviceId;
  }
}
