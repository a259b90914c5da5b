import type { TrackKind } from '../stream-kinds.ts';
import type { MediaKey } from './key-ring.ts';

/** Options of one transform. */
export interface PipeOptions {
  readonly id: number;
  readonly kind: TrackKind;
  readonly direction: 'send' | 'receive';
  /** Names the ring of keys that it uses. */
  readonly ring: string;
}

/** A message from the page to the worker. */
export type WorkerOrder =
  /**
   * A new key, which encrypts from now on where its ring is used. The accompanying port receives a message once it is in
   * use.
   */
  | {
      readonly type: 'key';
      readonly key: MediaKey;
      readonly keepFormer: boolean;
      readonly ring: string;
    }
  /** A sender or receiver is no longer needed. */
  | { readonly type: 'close'; readonly id: number };

/** The worker's report that a receiver's frames can no longer be decrypted, or can be again. */
export interface DecryptionReport {
  readonly id: number;
  readonly isDecrypted: boolean;
}
