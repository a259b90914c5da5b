import type { Log, ParleyError } from '@parley-rtc/client';
import type { MessageEncryption } from '../messages/message-encryption.ts';
import type { PublishDetails } from './publish-options.ts';

/** Receives the problems of one sender or receiver, until `closed` aborts. */
export interface EncryptionContext {
  readonly conferenceId: string;
  /** Aborts when the stream or view has closed. */
  readonly closed: AbortSignal;
  readonly onProblem: (error: ParleyError) => void;
  readonly log?: Log;
}

export interface DecryptionContext extends EncryptionContext {
  readonly streamId: string;
  /** The stream can no longer be decrypted, or can be again. */
  readonly onDecryption: (isDecrypted: boolean) => void;
}

/** End-to-end encryption as a conference uses it. Create it with `createMediaEncryption` of `@parley-rtc/sdk/encryption`. */
export interface MediaEncryption extends MessageEncryption {
  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for media that cannot be encrypted. */
  assertPublishable(details: PublishDetails): void;
  /** Encrypts a sender from its first frame on. Called when the sender is created; if it throws, nothing is sent. */
  protect(transceiver: RTCRtpTransceiver, context: EncryptionContext): void;
  /** Decrypts a receiver from its first frame on. Called when the receiver is created. */
  open(receiver: RTCRtpReceiver, context: DecryptionContext): void;
}
