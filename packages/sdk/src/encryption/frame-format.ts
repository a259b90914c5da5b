import type { TrackKind } from '../stream-kinds.ts';
import type { MediaKey } from './key-ring.ts';

// An encrypted frame: [clear header][encrypted rest][tag, 16][IV, 12][key index, 1]. The header is authenticated.
const tagBytes = 16;
const ivBytes = 12;

/** Number of bytes by which encryption lengthens a frame. */
export const overheadBytes: number = tagBytes + ivBytes + 1;

/** Bytes with an unshared buffer, as WebCrypto and encoded frames require. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Encrypts one frame. Never use an `iv` twice with the same key.
 *
 * @see docs/encryption.md for the format.
 */
export async function sealFrame(
  frame: Bytes,
  kind: TrackKind,
  { key, index }: MediaKey,
  iv: Bytes,
): Promise<Bytes> {
  const headerBytes = clearBytes(kind, frame, frame.length);
  const header = frame.subarray(0, headerBytes);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: header },
    key,
    frame.subarray(headerBytes),
  );
  const whole = new Uint8Array(frame.length + overheadBytes);
  whole.set(header);
  whole.set(new Uint8Array(sealed), headerBytes);
  whole.set(iv, frame.length + tagBytes);
  whole[whole.length - 1] = index;
  return whole;
}

/** Decrypts one frame with the keys of its index. Returns undefined when none fits, or when the frame is malformed. */
export async function openFrame(
  sealed: Bytes,
  kind: TrackKind,
  keysAt: (index: number) => readonly CryptoKey[],
): Promise<Bytes | undefined> {
  const plainBytes = sealed.length - overheadBytes;
  if (plainBytes < 0) return undefined;
  const headerBytes = clearBytes(kind, sealed, plainBytes);
  const header = sealed.subarray(0, headerBytes);
  const ivStart = plainBytes + tagBytes;
  const iv = sealed.subarray(ivStart, ivStart + ivBytes);
  for (const key of keysAt(sealed.at(-1) ?? 0)) {
    try {
      const rest = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv, additionalData: header },
        key,
        sealed.subarray(headerBytes, ivStart),
      );
      const frame = new Uint8Array(plainBytes);
      frame.set(header);
      frame.set(new Uint8Array(rest), headerBytes);
      return frame;
    } catch {
      // Wrong key or modified frame: GCM does not say which.
    }
  }
  return undefined;
}

/**
 * Returns how many bytes of a frame stay clear. For VP8, those that packetizers and routers read (RFC 6386, 9.1): the frame
 * tag, and for a key frame also the start code and the frame size. None for Opus, which needs no parsing in transit.
 */
function clearBytes(kind: TrackKind, frame: Bytes, plainBytes: number): number {
  if (kind === 'audio') return 0;
  const isKeyFrame = ((frame[0] ?? 1) & 1) === 0;
  return Math.min(isKeyFrame ? 10 : 3, plainBytes);
}
