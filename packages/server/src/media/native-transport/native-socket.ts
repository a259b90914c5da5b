import type { Fingerprint } from '../transport/rtp-transport.ts';
import { readBindingRequest, type BindingRequest } from './binding-request.ts';
import type { CreatePacketEngine, PacketEngine } from './native-addon.ts';
import { OutboundRecords, readRecords, type InboundReader } from './packet-records.ts';

/** Holds the largest batch that the addon takes in one turn. */
const inboundArenaBytes = 512 * 1024;
/** A key frame to fifty viewers, in a few calls. */
const outboundArenaBytes = 512 * 1024;
const sha256Bytes = 32;
/** How often handshakes are looked at; the shortest repetition is after 100 ms. */
const handshakeTickMs = 50;
const watchIntervalMs = 1_000;

/** What a socket tells one of its peers. */
export interface SocketPeer {
  readonly iceUfrag: string;
  onCheck(request: BindingRequest, path: Buffer): void;
  onConnected(): void;
  onEnded(): void;
  onPacket(packet: Buffer): void;
  /** Called once per second. */
  watch(nowMs: number): void;
}

export interface NativeSocketOptions {
  readonly Engine: CreatePacketEngine;
  /** Address to bind to; absent means all interfaces. */
  readonly bindAddress?: string | undefined;
  /** Absent (or 0) means any free port. */
  readonly udpPort?: number | undefined;
}

/** One UDP socket for all peers. Peers are told apart by the ufrag in their checks, then by their address. */
export class NativeSocket implements InboundReader {
  readonly port: number;
  readonly #engine: PacketEngine;
  readonly #outbound = new OutboundRecords(outboundArenaBytes);
  readonly #byUfrag = new Map<string, SocketPeer>();
  readonly #byId = new Map<number, SocketPeer>();
  readonly #handshaking = new Set<number>();
  readonly #inbound = new Uint8Array(inboundArenaBytes);
  #isFlushPlanned = false;
  #isClosed = false;
  #watchTimer: NodeJS.Timeout | undefined;
  #handshakeTimer: NodeJS.Timeout | undefined;

  /** @throws Error with the system's reason when the port cannot be bound */
  constructor({ Engine, bindAddress = '', udpPort = 0 }: NativeSocketOptions) {
    this.#engine = new Engine(bindAddress, udpPort, this.#inbound, this.#outbound.arena, (byteLength) =>
      this.#read(byteLength),
    );
    this.port = this.#engine.port();
  }

  /**
   * Adds a peer whose certificate must have `fingerprint`; `isServer`: it connects to us.
   * @throws TypeError for a fingerprint that cannot be checked
   */
  add(
    peer: SocketPeer,
    isServer: boolean,
    fingerprint: Fingerprint,
  ): { readonly id: number; readonly fingerprint: Fingerprint } {
    const own = new Uint8Array(sha256Bytes);
    const digest = Buffer.from(fingerprint.value.replaceAll(':', ''), 'hex');
    const id = this.#engine.addPeer(isServer, fingerprint.algorithm.toLowerCase(), digest, own);
    this.#byId.set(id, peer);
    this.#byUfrag.set(peer.iceUfrag, peer);
    this.#watchTimer ??= setInterval(() => this.#watch(), watchIntervalMs).unref();
    return { id, fingerprint: { algorithm: 'sha-256', value: readableDigest(own) } };
  }

  remove(id: number): void {
    const peer = this.#byId.get(id);
    if (!peer || this.#isClosed) return;
    // What it was still to receive, such as RTCP's BYE.
    this.#flush();
    this.#byId.delete(id);
    this.#byUfrag.delete(peer.iceUfrag);
    this.#endHandshake(id);
    this.#engine.removePeer(id);
    if (this.#byId.size > 0) return;
    clearInterval(this.#watchTimer);
    this.#watchTimer = undefined;
  }

  get peerCount(): number {
    return this.#byId.size;
  }

  /** Takes the path as the peer's, which proved that it knows our password. */
  admit(id: number, path: Buffer, isSelected: boolean): void {
    this.#engine.admit(id, path, isSelected);
  }

  /** Repeats lost flights of this peer's handshake until it is connected. */
  expectHandshake(id: number): void {
    this.#handshaking.add(id);
    this.#handshakeTimer ??= setInterval(() => this.#read(this.#engine.tick()), handshakeTickMs).unref();
  }

  /** Sends a packet at the end of this turn of the event loop; false if it is too long. */
  send(id: number, packet: Uint8Array): boolean {
    if (this.#isClosed) return false;
    if (!this.#outbound.hasRoom) this.#flush();
    if (!this.#outbound.add(id, packet)) return false;
    if (this.#isFlushPlanned) return true;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
    return true;
  }

  answer(path: Buffer, datagram: Buffer): void {
    this.#engine.sendRaw(path, datagram);
  }

  close(): void {
    if (this.#isClosed) return;
    for (const id of this.#byId.keys()) this.remove(id);
    this.#isClosed = true;
    this.#engine.close();
  }

  onStun(path: Buffer, datagram: Buffer): void {
    const request = readBindingRequest(datagram);
    // No answer to strangers: it would tell them nothing useful, and could be sent to somebody else.
    if (request) this.#byUfrag.get(request.localUfrag)?.onCheck(request, path);
  }

  onPacket(id: number, packet: Buffer): void {
    this.#byId.get(id)?.onPacket(packet);
  }

  onConnected(id: number): void {
    this.#endHandshake(id);
    this.#byId.get(id)?.onConnected();
  }

  onEnded(id: number): void {
    this.#endHandshake(id);
    this.#byId.get(id)?.onEnded();
  }

  #read(byteLength: number): void {
    // A copy, because packets are kept, and the arena is used again.
    if (byteLength > 0) readRecords(Buffer.from(this.#inbound.subarray(0, byteLength)), this);
  }

  #flush(): void {
    const { byteLength } = this.#outbound;
    if (byteLength === 0 || this.#isClosed) return;
    this.#engine.sendRecords(byteLength);
    this.#outbound.clear();
  }

  #watch(): void {
    const nowMs = performance.now();
    for (const peer of this.#byId.values()) peer.watch(nowMs);
  }

  #endHandshake(id: number): void {
    this.#handshaking.delete(id);
    if (this.#handshaking.size > 0) return;
    clearInterval(this.#handshakeTimer);
    this.#handshakeTimer = undefined;
  }
}

function readableDigest(digest: Uint8Array): string {
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
}
