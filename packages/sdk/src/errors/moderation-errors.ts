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
