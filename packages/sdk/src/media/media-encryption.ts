import type { ParleyError } from '@parley-rtc/client';
import type { PublishDetails } from './publish-options.ts';

/** Whom to tell about a sender or receiver, and until when. */
export interface EncryptionContext {
  /** Aborts when its stream or view has closed. */
  readonly closed: AbortSignal;
  readonly onProblem: (error: ParleyError) => void;
}

export interface DecryptionContext extends EncryptionContext {
  readonly streamId: string;
  /** The stream can no longer be decrypted, or can be again. */
  readonly onDecryption: (isDecrypted: boolean) => void;
}

/** End-to-end encryption as a conference needs it; `createMediaEncryption` of `@parley-rtc/sdk/encryption` makes it. */
export interface MediaEncryption {
  /** @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for what cannot be encrypted. */
  assertPublishable(details: PublishDetails): void;
  /** Encrypts all that is sent, from the first frame on. Called where the sender is made; when it throws nothing is sent. */
  protect(transceiver: RTCRtpTransceiver, context: EncryptionContext): void;
  /** Decrypts all that is received, from the first frame on. Called where the receiver is made. */
  open(receiver: RTCRtpReceiver, context: DecryptionContext): void;
}
