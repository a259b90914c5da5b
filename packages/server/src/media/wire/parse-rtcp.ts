import { parseTransportFeedback } from './parse-transport-feedback.ts';
import {
  payloadFeedbackFormat,
  rtcpType,
  transportFeedbackFormat,
  type ReportBlock,
  type RtcpMessage,
} from './rtcp.ts';

/** Parses a compound (or reduced-size) RTCP packet. Skips unknown and truncated parts; never throws. */
export function parseRtcp(buffer: Buffer): RtcpMessage[] {
  const messages: RtcpMessage[] = [];
  let position = 0;
  while (position + 4 <= buffer.length) {
    const first = buffer.readUInt8(position);
    const end = position + 4 * (buffer.readUInt16BE(position + 2) + 1);
    if (first >> 6 !== 2 || end > buffer.length) break;
    const body = buffer.subarray(position + 4, end);
    readMessage(buffer.readUInt8(position + 1), first & 0x1f, body, messages);
    position = end;
  }
  return messages;
}

function readMessage(packetType: number, countOrFormat: number, body: Buffer, into: RtcpMessage[]): void {
  switch (packetType) {
    case rtcpType.senderReport:
      if (body.length >= 24) into.push(readSenderReport(body));
      readReports(body, 24, countOrFormat, into);
      break;
    case rtcpType.receiverReport:
      readReports(body, 4, countOrFormat, into);
      break;
    case rtcpType.transportFeedback:
      readTransportFeedback(countOrFormat, body, into);
      break;
    case rtcpType.payloadFeedback:
      readPayloadFeedback(countOrFormat, body, into);
      break;
    default:
  }
}

function readSenderReport(body: Buffer): RtcpMessage {
  return {
    type: 'sender-report',
    ssrc: body.readUInt32BE(0),
    ntpSeconds: body.readUInt32BE(4),
    ntpFraction: body.readUInt32BE(8),
    rtpTimestamp: body.readUInt32BE(12),
    packetCount: body.readUInt32BE(16),
    octetCount: body.readUInt32BE(20),
  };
}

function readReports(body: Buffer, start: number, count: number, into: RtcpMessage[]): void {
  const reports: ReportBlock[] = [];
  for (let position = start; reports.length < count && position + 24 <= body.length; position += 24) {
    reports.push({
      ssrc: body.readUInt32BE(position),
      fractionLost: body.readUInt8(position + 4),
      packetsLost: body.readIntBE(position + 5, 3),
      highestSequenceNumber: body.readUInt32BE(position + 8),
      jitter: body.readUInt32BE(position + 12),
      lastSenderReport: body.readUInt32BE(position + 16),
      delaySinceLastSenderReport: body.readUInt32BE(position + 20),
    });
  }
  if (reports.length > 0) into.push({ type: 'receiver-report', reports });
}

function readTransportFeedback(format: number, body: Buffer, into: RtcpMessage[]): void {
  if (format === transportFeedbackFormat.nack) {
    readNack(body, into);
  } else if (format === transportFeedbackFormat.transportWide) {
    const arrivals = parseTransportFeedback(body);
    if (arrivals) into.push({ type: 'transport-arrivals', ...arrivals });
  }
}

function readNack(body: Buffer, into: RtcpMessage[]): void {
  if (body.length < 12) return;
  const sequenceNumbers: number[] = [];
  for (let position = 8; position + 4 <= body.length; position += 4) {
    const packetId = body.readUInt16BE(position);
    const following = body.readUInt16BE(position + 2);
    sequenceNumbers.push(packetId);
    for (let bit = 0; bit < 16; bit += 1) {
      if (following & (1 << bit)) sequenceNumbers.push((packetId + bit + 1) & 0xffff);
    }
  }
  into.push({ type: 'nack', mediaSsrc: body.readUInt32BE(4), sequenceNumbers });
}

function readPayloadFeedback(format: number, body: Buffer, into: RtcpMessage[]): void {
  if (body.length < 8) return;
  if (format === payloadFeedbackFormat.pictureLoss) {
    into.push({ type: 'key-frame-request', mediaSsrc: body.readUInt32BE(4) });
  } else if (format === payloadFeedbackFormat.fullIntraRequest) {
    for (let position = 8; position + 8 <= body.length; position += 8) {
      into.push({ type: 'key-frame-request', mediaSsrc: body.readUInt32BE(position) });
    }
  } else if (format === payloadFeedbackFormat.application) {
    readBandwidthEstimate(body, into);
  }
}

/** REMB (draft-alvestrand-rmcat-remb-03): 'REMB', number of SSRCs, 6 bits of exponent, 18 bits of mantissa. */
function readBandwidthEstimate(body: Buffer, into: RtcpMessage[]): void {
  if (body.length < 16 || body.toString('latin1', 8, 12) !== 'REMB') return;
  const bits = body.readUIntBE(13, 3);
  into.push({ type: 'bandwidth-estimate', bitrateBps: (bits & 0x3_ffff) * 2 ** (bits >> 18) });
}
