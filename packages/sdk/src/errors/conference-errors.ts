import { ParleyError } from '@parley-rtc/client';

/** The conference was left or has ended; nothing can be done in it any more. */
export class NotJoinedError extends ParleyError {
  override readonly name = 'NotJoinedError';
  override readonly code = 'ERR_NOT_JOINED';
  constructor() {
    super('This conference was left or has ended.', 'Call Conference.join() to enter again.');
  }
}

/** The server has let our endpoint go and coming back by itself did not work: we are out of the conference. */
export class EndpointLostError extends ParleyError {
  override readonly name = 'EndpointLostError';
  override readonly code = 'ERR_ENDPOINT_LOST';
  override readonly retryable = true;
  constructor(options?: ErrorOptions) {
    super('The server has dropped this endpoint.', 'Call Conference.join() to enter again.', options);
  }
}

/** Another tab of this browser is in a conference as this endpoint. */
export class EndpointInUseError extends ParleyError {
  override readonly name = 'EndpointInUseError';
  override readonly code = 'ERR_ENDPOINT_IN_USE';
  readonly endpointId: string;
  constructor(endpointId: string, options?: ErrorOptions) {
    super(
      `Another tab of this browser is the endpoint "${endpointId}".`,
      'Go on in that tab, let it leave, or join with another endpointId.',
      options,
    );
    this.endpointId = endpointId;
  }
}

/** A listener of the app threw, or returned a promise that was rejected; `cause` is what it threw. */
export class ListenerError extends ParleyError {
  override readonly name = 'ListenerError';
  override readonly code = 'ERR_LISTENER';
  /** The event that was announced; `state` for a subscriber of the store, `invalid` for a listener of `onInvalid`. */
  readonly event: string;
  constructor(event: string, options: ErrorOptions) {
    super(
      `A listener of '${event}' failed.`,
      'Mend it; its error is the cause. The others were called.',
      options,
    );
    this.event = event;
  }
}

/** The server sent something that is no event; it was skipped. */
export class UnreadableEventError extends ParleyError {
  override readonly name = 'UnreadableEventError';
  override readonly code = 'ERR_UNREADABLE_EVENT';
  constructor(options: ErrorOptions) {
    super('The server sent something that is no event.', 'Report it to the operator of the server.', options);
  }
}
