import { InvalidOptionsError } from '@parley-rtc/client';
import type { ParleyError } from '@parley-rtc/client';
import type { DecryptionContext, EncryptionContext, MediaEncryption } from '../media/media-encryption.ts';
import type { TrackKind } from '../media/published-stream.ts';
import { assertSupported } from './assert-supported.ts';
import { assertSecret, deriveKey, type MediaSecret } from './derive-key.ts';
import { EncryptionWorker } from './encryption-worker.ts';
import { offerOnlyEncryptable } from './offer-only-encryptable.ts';
import { UndecryptedStreams } from './undecrypted-streams.ts';
import type { DecryptionReport, PipeOptions } from './worker-messages.ts';

export interface MediaEncryptionOptions {
  /** The first secret. Without one nothing is sent or played before `setKey`. */
  readonly key?: MediaSecret;
  /** Makes the same secret another key, such as the id of the conference; must be the same for all. Default: one for all of Parley. */
  readonly salt?: string | Uint8Array;
  /**
   * For pages whose Content-Security-Policy forbids workers from `blob:`: a worker that calls `serveMediaEncryption`. It is
   * terminated by `close`.
   */
  readonly worker?: Worker;
}

export interface SetKeyOptions {
  /** By which the others tell keys apart, 0 to 255. Default 0; several keys may have the same. */
  readonly keyIndex?: number;
  /**
   * Whether the last 15 keys before go on decrypting, so that nothing is lost while the others change. Default true. False shuts out
   * at once who has but a former key.
   */
  readonly keepFormer?: boolean;
}

/** End-to-end encryption for the conferences that are joined with it, and its keys. */
export interface MediaKeys extends MediaEncryption, AsyncDisposable {
  /** The streams that are viewed and cannot be decrypted now: `decryption-changed` tells when that changes. */
  readonly undecryptedStreamIds: readonly string[];
  /**
   * Encrypts with another key from now on. Resolves when it is in use.
   *
   * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for an empty passphrase, less than 16 bytes, or another index.
   * @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when its worker could not be started, or it is closed.
   */
  setKey(secret: MediaSecret, options?: SetKeyOptions): Promise<void>;
  /** Ends it: nothing is sent or played any more in conferences that were joined with it. Calling it again is fine. */
  close(): Promise<void>;
}

/**
 * Makes what `Conference.join({ encryption })` encrypts and decrypts all media with, so that the server sees none of it.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) in a browser without `RTCRtpScriptTransform`.
 * @throws InvalidOptionsError (`ERR_INVALID_OPTIONS`) for a `key` that is none.
 * @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the page may not make the worker.
 */
export function createMediaEncryption(options: MediaEncryptionOptions = {}): MediaKeys {
  assertSupported();
  const { key, salt } = options;
  if (key !== undefined) assertSecret(key);
  const undecrypted = new UndecryptedStreams();
  const contexts = new Map<number, EncryptionContext | DecryptionContext>();
  let lastId = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const onReport = ({ id, isDecrypted }: DecryptionReport) => {
    const context = contexts.get(id);
    if (!context || !('streamId' in context)) return;
    const verdict = undecrypted.report(context.streamId, id, isDecrypted);
    if (verdict !== undefined) context.onDecryption(verdict);
  };
  const onFailed = (error: ParleyError) => {
    const told = new Set([...contexts.values()].map(({ onProblem }) => onProblem));
    for (const tell of told) tell(error);
  };
  const worker = new EncryptionWorker({ worker: options.worker, onReport, onFailed });

  const transformFor = (
    kind: string,
    direction: PipeOptions['direction'],
    context: EncryptionContext | DecryptionContext,
  ) => {
    const id = (lastId += 1);
    const transform = worker.transform({ id, kind: kind as TrackKind, direction });
    contexts.set(id, context);
    const forget = () => {
      contexts.delete(id);
      if ('streamId' in context) undecrypted.forget(context.streamId, id);
      worker.closePipe(id);
    };
    context.closed.addEventListener('abort', forget, { once: true });
    return transform;
  };

  const setKey: MediaKeys['setKey'] = async (secret, { keyIndex = 0, keepFormer = true } = {}) => {
    assertSecret(secret);
    assertIndex(keyIndex);
    // One after the other, because some take longer to derive, and what was set last is what counts.
    const inUse = turn.then(async () =>
      worker.useKey({ key: await deriveKey(secret, salt), index: keyIndex }, keepFormer),
    );
    turn = inUse.catch(() => {});
    await inUse;
  };
  const close = async () => worker.close();

  // That the worker fails is told to whoever wants to send or receive.
  if (key !== undefined) setKey(key).catch(() => {});
  return {
    get undecryptedStreamIds() {
      return undecrypted.ids;
    },
    assertPublishable({ codec = 'VP8' }) {
      if (codec === 'VP8') return;
      throw new InvalidOptionsError(
        `Video in ${codec} cannot be encrypted.`,
        'Leave codec out, or join without encryption.',
      );
    },
    protect(transceiver, context) {
      const { kind } = transceiver.receiver.track;
      transceiver.sender.transform = transformFor(kind, 'send', context);
      offerOnlyEncryptable(transceiver);
    },
    open(receiver, context) {
      receiver.transform = transformFor(receiver.track.kind, 'receive', context);
    },
    setKey,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function assertIndex(keyIndex: number): void {
  if (Number.isInteger(keyIndex) && keyIndex >= 0 && keyIndex <= 255) return;
  throw new InvalidOptionsError(`${keyIndex} is no key index.`, 'Give a whole number from 0 to 255.');
}
