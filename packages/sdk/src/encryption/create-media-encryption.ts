import { atBoundary, InvalidOptionsError, withBoundary } from '@parley-rtc/client';
import type {
  DecryptionContext,
  EncryptionContext,
  MediaEncryption,
} from '../publishing/media-encryption.ts';
import { serialQueue } from '../waiting/serial-queue.ts';
import { assertSupported } from './assert-supported.ts';
import { ConferenceKeys } from './conference-keys.ts';
import { assertSecret, type MediaSecret } from './derive-key.ts';
import { frameTransforms } from './frame-transforms.ts';
import { MessageCipher } from './message-cipher.ts';
import { offerOnlyEncryptable } from './offer-only-encryptable.ts';

export interface MediaEncryptionOptions {
  /** The first secret. Without it, nothing is sent or played before `setKey`. */
  readonly key?: MediaSecret;
  /**
   * Makes the same secret give a different key. All participants must use the same salt. Default: the conference id, so that
   * one passphrase gives a different key in each conference.
   */
  readonly salt?: string | Uint8Array;
  /**
   * Your own worker, which must call `serveMediaEncryption`. Pass it when the page's Content-Security-Policy forbids workers
   * from `blob:`. `close` terminates it.
   */
  readonly worker?: Worker;
}

export interface SetKeyOptions {
  /** Tells receivers which key to use, 0 to 255. Default 0; several keys may share one. */
  readonly keyIndex?: number;
  /**
   * Whether the 15 previous keys still decrypt, so that no frame is lost while other participants change keys. Default
   * true. False immediately excludes participants that have only a previous key.
   */
  readonly keepFormer?: boolean;
}

/** End-to-end encryption for every conference that you join with it, and its keys. */
export interface MediaKeys extends MediaEncryption, AsyncDisposable {
  /** Ids of the viewed streams that cannot be decrypted now; `decryption-changed` announces changes. */
  readonly undecryptedStreamIds: readonly string[];
  /**
   * Changes the key that encrypts. Resolves once the new key is in use.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for an empty passphrase, less than 16 bytes, or an index out of range.
   * @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the worker could not start, or the encryption is closed.
   */
  setKey(secret: MediaSecret, options?: SetKeyOptions): Promise<void>;
  /** Ends the encryption: conferences joined with it no longer send or play anything. Calling it again is fine. */
  close(): Promise<void>;
}

/**
 * Creates the end-to-end encryption for `Conference.join({ encryption })`. The server sees no media in the clear.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) in a browser without `RTCRtpScriptTransform`.
 * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a `key` that cannot be used.
 * @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the page may not create the worker.
 */
export function createMediaEncryption(options: MediaEncryptionOptions = {}): MediaKeys {
  return atBoundary('createMediaEncryption', () => startEncryption(options));
}

function startEncryption(options: MediaEncryptionOptions): MediaKeys {
  assertSupported();
  const { key, salt } = options;
  if (key !== undefined) assertSecret(key);
  const { worker, undecrypted, logs, create } = frameTransforms(options.worker);
  // One by one: some keys take longer to derive, and the last key set must win.
  const queue = serialQueue();
  const cipher = new MessageCipher();
  const keys = new ConferenceKeys(salt, (...args) => {
    cipher.use(...args);
    return worker.useKey(...args);
  });
  /** The ring of a conference, once it has the keys that were set so far. */
  const ringWithKeys = (conferenceId: string) =>
    queue(async () => {
      worker.assertRunning();
      await keys.enter(conferenceId);
      return keys.ringOf(conferenceId);
    });

  const setKey: MediaKeys['setKey'] = async (secret, { keyIndex = 0, keepFormer = true } = {}) => {
    assertSecret(secret);
    assertIndex(keyIndex);
    await queue(() => {
      worker.assertRunning();
      return keys.add(secret, keyIndex, keepFormer);
    });
    for (const log of logs()) log('info', 'key changed', { keyIndex, keepFormer });
  };
  const close = async () => worker.close();

  // Senders and receivers report the error when the worker fails.
  if (key !== undefined) setKey(key).catch(ignoreFailure);
  const transformIn = (
    kind: string,
    direction: 'send' | 'receive',
    context: EncryptionContext | DecryptionContext,
  ): RTCRtpScriptTransform => {
    const { conferenceId } = context;
    queue(() => keys.enter(conferenceId)).catch(ignoreFailure);
    return create(kind, direction, keys.ringOf(conferenceId), context);
  };
  return withBoundary({
    get undecryptedStreamIds() {
      return undecrypted.ids;
    },
    assertPublishable({ codec = 'VP8' }) {
      if (codec === 'VP8') return;
      throw new InvalidOptionsError(
        `Video in ${codec} cannot be encrypted.`,
        'Omit `codec`, or join without encryption.',
      );
    },
    protect(transceiver, context) {
      const { kind } = transceiver.receiver.track;
      transceiver.sender.transform = transformIn(kind, 'send', context);
      offerOnlyEncryptable(transceiver);
    },
    open(receiver, context) {
      receiver.transform = transformIn(receiver.track.kind, 'receive', context);
    },
    seal: async (content, { conferenceId, binding }) =>
      cipher.seal(await ringWithKeys(conferenceId), content, binding),
    unseal: async (sealed, { conferenceId, binding }) =>
      cipher.unseal(await ringWithKeys(conferenceId), sealed, binding),
    setKey,
    close,
    [Symbol.asyncDispose]: close,
  });
}

function ignoreFailure(): void {}

function assertIndex(keyIndex: number): void {
  if (Number.isInteger(keyIndex) && keyIndex >= 0 && keyIndex <= 255) return;
  throw new InvalidOptionsError(`${keyIndex} is not a key index.`, 'Pass an integer from 0 to 255.');
}
