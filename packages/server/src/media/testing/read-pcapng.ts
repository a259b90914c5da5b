/** One packet of a dump, as any reader of the format sees it. */
export interface CapturedPacket {
  readonly timeMs: number;
  /** 1 for inbound, 2 for outbound. */
  readonly directionFlag: number;
  readonly source: string;
  readonly destination: string;
  readonly ports: readonly [source: number, destination: number];
  readonly payload: Buffer;
}

/** What a pcapng file holds. */
export interface Capture {
  readonly comment: string;
  readonly linkType: number;
  readonly packets: readonly CapturedPacket[];
}

/**
 * Reads a little-endian pcapng file by its specification (draft-ietf-opsawg-pcapng), knowing nothing of our writer.
 * @throws Error when a length, a checksum or the order of the blocks is wrong
 */
export function readPcapng(file: Buffer): Capture {
  const packets: CapturedPacket[] = [];
  let comment = '';
  let linkType = -1;
  let position = 0;
  for (let index = 0; position < file.length; index += 1) {
    const type = file.readUInt32LE(position);
    const length = file.readUInt32LE(position + 4);
    assertEqual(file.readUInt32LE(position + length - 4), length, 'length at the end of a block');
    assertEqual(length % 4, 0, 'remainder of the length of a block');
    const body = file.subarray(position + 8, position + length - 4);
    if (index === 0) {
      assertEqual(type, 0x0a0d0d0a, 'type of the first block');
      assertEqual(body.readUInt32LE(0), 0x1a2b3c4d, 'byte-order magic');
      assertEqual(body.readUInt16LE(4), 1, 'major version');
      comment = readOptions(body.subarray(16)).get(1)?.toString('utf8') ?? '';
    } else if (type === 1) {
      linkType = body.readUInt16LE(0);
    } else if (type === 6) {
      packets.push(readPacket(body));
    } else {
      throw new Error(`There is a block of type ${type}.`);
    }
    position += length;
  }
  return { comment, linkType, packets };
}

function readPacket(body: Buffer): CapturedPacket {
  assertEqual(body.readUInt32LE(0), 0, 'interface');
  const timeUs = body.readUInt32LE(4) * 2 ** 32 + body.readUInt32LE(8);
  const captured = body.readUInt32LE(12);
  assertEqual(body.readUInt32LE(16), captured, 'original length');
  const ip = body.subarray(20, 20 + captured);
  assertEqual(ip[0] ?? 0, 0x45, 'version and header length');
  assertEqual(ip.readUInt16BE(2), captured, 'total length');
  assertEqual(ip[9] ?? 0, 17, 'protocol');
  assertEqual(onesComplementSum(ip.subarray(0, 20)), 0xffff, 'sum over the IP header');
  const udp = ip.subarray(20);
  assertEqual(udp.readUInt16BE(4), udp.length, 'UDP length');
  assertEqual(udp.readUInt16BE(6), 0, 'UDP checksum');
  const flags = readOptions(body.subarray(20 + Math.ceil(captured / 4) * 4)).get(2);
  return {
    timeMs: timeUs / 1_000,
    directionFlag: (flags?.readUInt32LE(0) ?? 0) & 3,
    source: [...ip.subarray(12, 16)].join('.'),
    destination: [...ip.subarray(16, 20)].join('.'),
    ports: [udp.readUInt16BE(0), udp.readUInt16BE(2)],
    payload: udp.subarray(8),
  };
}

function readOptions(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>();
  let position = 0;
  while (position + 4 <= bytes.length) {
    const code = bytes.readUInt16LE(position);
    const length = bytes.readUInt16LE(position + 2);
    if (code === 0) break;
    options.set(code, bytes.subarray(position + 4, position + 4 + length));
    position += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
}

function onesComplementSum(bytes: Buffer): number {
  let sum = 0;
  for (let position = 0; position < bytes.length; position += 2) sum += bytes.readUInt16BE(position);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

function assertEqual(actual: number, expected: number, what: string): void {
  if (actual !== expected) throw new Error(`The ${what} is ${actual}, not ${expected}.`);
}
