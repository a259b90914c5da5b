import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { join } from 'node:path';

/** What the addon does, on one UDP socket: DTLS and SRTP of all its peers. `native/src/addon.cc` says what each takes. */
export interface PacketEngine {
  port(): number;
  /** Returns the peer's id, and writes the SHA-256 of our certificate to `fingerprint`. */
  addPeer(isServer: boolean, hash: string, digest: Uint8Array, fingerprint: Uint8Array): number;
  removePeer(peer: number): void;
  /** Takes datagrams of this path as the peer's; sends there if `isSelected`, or if there is no other path. */
  admit(peer: number, path: Uint8Array, isSelected: boolean): void;
  /** Sends the packets in the first bytes of the outgoing arena. */
  sendRecords(byteLength: number): void;
  sendRaw(path: Uint8Array, datagram: Uint8Array): void;
  /** Repeats lost handshakes; returns how much of the incoming arena it filled. */
  tick(): number;
  close(): void;
}

export type CreatePacketEngine = new (
  address: string,
  port: number,
  inbound: Uint8Array,
  outbound: Uint8Array,
  /** Called with how much of the incoming arena is filled, until the next call. */
  onInbound: (byteLength: number) => void,
) => PacketEngine;

/** The addon that CI and `pnpm run build:transport` compile; published packages do not contain it. */
const addonFile = join(import.meta.dirname, '../../../native/build/parley_transport.node');

/** The native transport cannot run here. The message says why, and what to do. */
export class NativeTransportUnavailableError extends Error {
  override readonly name = 'NativeTransportUnavailableError';
  readonly code = 'ERR_NATIVE_TRANSPORT_UNAVAILABLE';
}

/** @throws {@link NativeTransportUnavailableError} */
export function loadPacketEngine(file: string = addonFile): CreatePacketEngine {
  // Its records have numbers in the order of x86 and ARM.
  if (process.platform !== 'linux' || endianness() !== 'LE') {
    throw new NativeTransportUnavailableError(
      `The native transport runs on little-endian Linux only, and this is ${process.platform} (${process.arch}).`,
    );
  }
  if (!existsSync(file)) {
    throw new NativeTransportUnavailableError(
      `The native transport is not built: ${file} is missing. Published packages do not contain it; in a clone, "pnpm run build:transport" builds it.`,
    );
  }
  try {
    const { PacketEngine } = createRequire(import.meta.url)(file) as { PacketEngine: CreatePacketEngine };
    return PacketEngine;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NativeTransportUnavailableError(
      `The native transport cannot be loaded (${reason}). Build it with the Node that runs the server: "pnpm run build:transport".`,
      { cause },
    );
  }
}
