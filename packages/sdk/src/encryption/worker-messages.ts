import type { TrackKind } from '../media/published-stream.ts';
import type { MediaKey } from './key-ring.ts';

/** What a transform is made with. */
export interface PipeOptions {
  readonly id: number;
  readonly kind: TrackKind;
  readonly direction: 'send' | 'receive';
}

/** What the page tells the worker. */
export type WorkerOrder =
  /** A new key, from now on also for sending; the port that comes with it is told when it is in use. */
  | { readonly type: 'key'; readonly key: MediaKey; readonly keepFormer: boolean }
  /** A sender or receiver is not needed any more. */
  | { readonly type: 'close'; readonly id: number };

/** What the worker tells the page: a receiver's frames can no longer be decrypted, or can be again. */
export interface DecryptionReport {
  readonly id: number;
  readonly isDecrypted: boolean;
}
