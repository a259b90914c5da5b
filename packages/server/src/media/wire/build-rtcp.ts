import {
  payloadFeedbackFormat,
  rtcpType,
  transportFeedbackFormat,
  type ReportBlock,
  type SenderReport,
} from './rtcp.ts';

/** An SR without report blocks, followed by the CNAME that links audio and video. */
export function buildSenderReport(report: SenderReport, cname: string): Buffer {
  const packet = rtcpPacket(rtcpType.senderReport, 0, 24);
  packet.writeUInt32BE(report.ssrc, 4);
  packet.writeUInt32BE(report.ntpSeconds, 8);
  packet.writeUInt32BE(report.ntpFraction, 12);
  packet.writeUInt32BE(report.rtpTimestamp, 16);
  packet.writeUInt32BE(report.packetCount, 20);
  packet.writeUInt32BE(report.octetCount, 24);
  return Buffer.concat([packet, buildCname(report.ssrc, cname)]);
}

/** An RR with up to 31 report blocks. */
export function buildReceiverReport(senderSsrc: number, reports: readonly ReportBlock[]): Buffer {
  const packet = rtcpPacket(rtcpType.receiverReport, reports.length, 4 + 24 * reports.length);
  packet.writeUInt32BE(senderSsrc, 4);
  reports.forEach((report, index) => {
    const position = 8 + 24 * index;
    packet.writeUInt32BE(report.ssrc, position);
    packet.writeUInt8(report.fractionLost, position + 4);
    packet.writeIntBE(report.packetsLost, position + 5, 3);
    packet.writeUInt32BE(report.highestSequenceNumber, position + 8);
    packet.writeUInt32BE(report.jitter, position + 12);
    packet.writeUInt32BE(report.lastSenderReport, position + 16);
    packet.writeUInt32BE(report.delaySinceLastSenderReport, position + 20);
  });
  return packet;
}

/** A generic NACK for these sequence numbers (16 bits each, ascending), packed into as few entries as possible. */
export function buildNack(senderSsrc: number, mediaSsrc: number, sequenceNumbers: readonly number[]): Buffer {
  const entries: { readonly packetId: number; following: number }[] = [];
  for (const number of sequenceNumbers) {
    const last = entries.at(-1);
    const distance = last ? (number - last.packetId) & 0xffff : 0;
    if (last && distance >= 1 && distance <= 16) last.following |= 1 << (distance - 1);
    else if (!last || distance !== 0) entries.push({ packetId: number, following: 0 });
  }
  const packet = feedbackPacket(
    rtcpType.transportFeedback,
    transportFeedbackFormat.nack,
    senderSsrc,
    mediaSsrc,
    4 * entries.length,
  );
  entries.forEach(({ packetId, following }, index) => {
    packet.writeUInt16BE(packetId, 12 + 4 * index);
    packet.writeUInt16BE(following, 14 + 4 * index);
  });
  return packet;
}

/** A picture loss indication, which requests a key frame. */
export function buildPictureLoss(senderSsrc: number, mediaSsrc: number): Buffer {
  return feedbackPacket(
    rtcpType.payloadFeedback,
    payloadFeedbackFormat.pictureLoss,
    senderSsrc,
    mediaSsrc,
    0,
  );
}

/** A REMB, which limits these streams to `bitrateBps` in total. */
export function buildBandwidthEstimate(
  senderSsrc: number,
  bitrateBps: number,
  ssrcs: readonly number[],
): Buffer {
  const packet = feedbackPacket(
    rtcpType.payloadFeedback,
    payloadFeedbackFormat.application,
    senderSsrc,
    0,
    8 + 4 * ssrcs.length,
  );
  let exponent = 0;
  let mantissa = Math.max(0, Math.floor(bitrateBps));
  while (mantissa > 0x3_ffff) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  packet.write('REMB', 12, 'latin1');
  packet.writeUInt8(ssrcs.length, 16);
  packet.writeUIntBE(exponent * 0x4_0000 + mantissa, 17, 3);
  ssrcs.forEach((ssrc, index) => packet.writeUInt32BE(ssrc, 20 + 4 * index));
  return packet;
}

/** An empty feedback message with room for `contentBytes` after its two SSRCs, from byte 12 on. */
export function feedbackPacket(
  packetType: number,
  format: number,
  senderSsrc: number,
  mediaSsrc: number,
  contentBytes: number,
): Buffer {
  const packet = rtcpPacket(packetType, format, 8 + contentBytes);
  packet.writeUInt32BE(senderSsrc, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

function buildCname(ssrc: number, cname: string): Buffer {
  const text = Buffer.from(cname, 'utf8').subarray(0, 255);
  const chunkBytes = 4 + 2 + text.length;
  const packet = rtcpPacket(rtcpType.sourceDescription, 1, chunkBytes + 4 - (chunkBytes % 4));
  packet.writeUInt32BE(ssrc, 4);
  packet.writeUInt8(1, 8);
  packet.writeUInt8(text.length, 9);
  text.copy(packet, 10);
  return packet;
}

/** A zeroed packet with its header; `bodyBytes` is a multiple of 4. */
function rtcpPacket(packetType: number, countOrFormat: number, bodyBytes: number): Buffer {
  const packet = Buffer.alloc(4 + bodyBytes);
  packet.writeUInt8(0x80 | countOrFormat, 0);
  packet.writeUInt8(packetType, 1);
  packet.writeUInt16BE(bodyBytes / 4, 2);
  return packet;
}
