/** Kinds of records that the addon writes. */
const recordKind = { stun: 0, packet: 1, connected: 2, ended: 3 } as const;

const headerBytes = 12;
/** The path at the start of a STUN record. */
const pathBytes = 44;
/** Longer ones do not fit into a datagram. */
const longestPacketBytes = 1_500;
const sendHeaderBytes = 8;

/** What the addon reports about the datagrams of one turn. */
export interface InboundReader {
  onStun(path: Buffer, datagram: Buffer): void;
  onPacket(peer: number, packet: Buffer): void;
  onConnected(peer: number): void;
  onEnded(peer: number): void;
}

/** Reads a copy of the arena, of which packets remain slices. */
export function readRecords(records: Buffer, reader: InboundReader): void {
  for (let at = 0; at + headerBytes <= records.length;) {
    const kind = readNumber(records, at);
    const peer = readNumber(records, at + 4);
    const start = at + headerBytes;
    const end = start + readNumber(records, at + 8);
    if (kind === recordKind.packet) {
      reader.onPacket(peer, records.subarray(start, end));
    } else if (kind === recordKind.stun) {
      reader.onStun(records.subarray(start, start + pathBytes), records.subarray(start + pathBytes, end));
    } else if (kind === recordKind.connected) reader.onConnected(peer);
    else if (kind === recordKind.ended) reader.onEnded(peer);
    at = aligned(end);
  }
}

/** The other end of a path. IPv4 addresses are written as IPv6 ones. */
export function remoteOf(path: Buffer): { readonly address: Uint8Array; readonly port: number } {
  return { address: path.subarray(0, 16), port: path.readUInt32BE(40) };
}

/** Collects packets for the addon, so that it takes many in one call. */
export class OutboundRecords {
  readonly arena: Uint8Array;
  readonly #numbers: Uint32Array;
  #used = 0;

  constructor(arenaBytes: number) {
    this.arena = new Uint8Array(arenaBytes);
    this.#numbers = new Uint32Array(this.arena.buffer);
  }

  get byteLength(): number {
    return this.#used;
  }

  /** Whether a packet of any size fits. */
  get hasRoom(): boolean {
    return this.#used + sendHeaderBytes + longestPacketBytes <= this.arena.length;
  }

  /** Returns whether the packet is short enough to be sent. Needs {@link hasRoom}. */
  add(peer: number, packet: Uint8Array): boolean {
    const { length } = packet;
    if (length > longestPacketBytes) return false;
    this.#numbers[this.#used / 4] = peer;
    this.#numbers[this.#used / 4 + 1] = length;
    this.arena.set(packet, this.#used + sendHeaderBytes);
    this.#used = aligned(this.#used + sendHeaderBytes + length);
    return true;
  }

  clear(): void {
    this.#used = 0;
  }
}

/** Numbers have this machine's byte order. The addon runs on little-endian machines only. */
function readNumber(records: Buffer, at: number): number {
  return records.readUInt32LE(at);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
