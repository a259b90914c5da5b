import { ParleyError } from '@parley-rtc/client';
import type { Permissions } from '@parley-rtc/contract';

/** A right of a participant, as its permissions name it. */
export type Right = keyof Permissions;

/** We lack the right to do this, or a moderator has just taken it from us. A stream or view of ours that needed it is closed. */
export class NotPermittedError extends ParleyError {
  override readonly name = 'NotPermittedError';
  override readonly code = 'ERR_NOT_PERMITTED';
  readonly right: Right;
  /** The stream that it concerns, if it is open. */
  readonly streamId: string | undefined;
  constructor(right: Right, { streamId, ...options }: ErrorOptions & { readonly streamId?: string } = {}) {
    const what = streamId === undefined ? '' : ` stream ${streamId}`;
    super(
      `You are not permitted to ${right}${what}.`,
      'Ask a moderator. `permissions-changed` announces when you may.',
      options,
    );
    this.right = right;
    this.streamId = streamId;
  }
}

/** A moderator did not admit us from the waiting room. */
export class EntryDeniedError extends ParleyError {
  override readonly name = 'EntryDeniedError';
  override readonly code = 'ERR_ENTRY_DENIED';
  /** What the moderator said to us; undefined if nothing. */
  readonly hostMessage: string | undefined;
  constructor(hostMessage: string | undefined) {
    const words = hostMessage === undefined ? '' : ` (${hostMessage})`;
    super(`A moderator denied entry${words}.`, 'Tell the user, and show `hostMessage`.');
    this.hostMessage = hostMessage;
  }
}

/** No moderator admitted us from the waiting room before the server's time limit. */
export class EntryExpiredError extends ParleyError {
  override readonly name = 'EntryExpiredError';
  override readonly code = 'ERR_ENTRY_EXPIRED';
  override readonly retryable = true;
  constructor() {
    super('No moderator decided in time.', 'Let the user call Conference.join() again, to wait once more.');
  }
}
