import { ParleyError } from '@parley-rtc/client';

/** The endpoint left the conference, or the conference ended. No further call works on it. */
export class NotJoinedError extends ParleyError {
  override readonly name = 'NotJoinedError';
  override readonly code = 'ERR_NOT_JOINED';
  constructor() {
    super('This conference was left or has ended.', 'Call Conference.join() to join again.');
  }
}

/** The server dropped the endpoint and rejoining failed: the conference is left. */
export class EndpointLostError extends ParleyError {
  override readonly name = 'EndpointLostError';
  override readonly code = 'ERR_ENDPOINT_LOST';
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super('The server dropped this endpoint.', 'Call Conference.join() to join again.', options);
  }
}

/** Another tab of this browser has joined a conference with this endpoint id. */
export class EndpointInUseError extends ParleyError {
  override readonly name = 'EndpointInUseError';
  override readonly code = 'ERR_ENDPOINT_IN_USE';
  readonly endpointId: string;
  constructor(endpointId: string, options?: ErrorOptions) {
    super(
      `Another tab of this browser uses endpoint "${endpointId}".`,
      'Continue in that tab, leave in it, or join with another `endpointId`.',
      options,
    );
    this.endpointId = endpointId;
  }
}

/** A listener of the app threw or returned a promise that rejected; `cause` is what it threw. */
export class ListenerError extends ParleyError {
  override readonly name = 'ListenerError';
  override readonly code = 'ERR_LISTENER';
  /**
   * The event's name; `state` for a subscriber of the store, `invalid` for a listener of `onInvalid`, `devices` for a
   * subscriber of `createDevices`.
   */
  readonly event: string;
  constructor(event: string, options: ErrorOptions) {
    super(
      `A listener of '${event}' failed.`,
      'Fix the listener; `cause` holds its error. Other listeners still ran.',
      options,
    );
    this.event = event;
  }
}

/** The server sent something that is not a valid event; the SDK skipped it. */
export class UnreadableEventError extends ParleyError {
  override readonly name = 'UnreadableEventError';
  override readonly code = 'ERR_UNREADABLE_EVENT';
  constructor(options: ErrorOptions) {
    super(
      'The server sent an invalid event; it was skipped.',
      "Report it to the server's operator.",
      options,
    );
  }
}
