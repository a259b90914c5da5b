import { feedbackPacket } from '../wire/build-rtcp.ts';
import { rtcpType, transportFeedbackFormat } from '../wire/rtcp.ts';
import { extendSequenceNumber, wireSequenceNumber } from '../wire/sequence-number.ts';

const statusNotReceived = 0;
const statusSmallDelta = 1;
const statusLargeDelta = 2;

const ticksPerMs = 4;
const referenceUnitTicks = 64 * ticksPerMs;
/** Keeps a message within one datagram: each packet needs at most 2 bytes of delta. */
const maxStatusesPerMessage = 400;
/** A larger jump means that the sender restarted; it is not packet loss. */
const maxJump = 2_000;
const keepMs = 500;
const longestRun = 0x1fff;

/**
 * Records when packets arrived by their transport-wide sequence number, and reports it to the sender, whose bandwidth
 * estimate depends on it (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 */
export class TransportFeedback {
  readonly #senderSsrc: number;
  readonly #arrivalTicks = new Map<number, number>();
  #highest: number | undefined;
  #nextToReport = 0;
  #messageCount = 0;

  /** `senderSsrc` identifies the router in the messages. */
  constructor(senderSsrc: number) {
    this.#senderSsrc = senderSsrc;
  }

  /** Records a packet. A repeated number keeps its first time. */
  record(sequenceNumber: number, nowMs: number): void {
    const extended = extendSequenceNumber(sequenceNumber, this.#highest ?? sequenceNumber);
    if (this.#highest === undefined || Math.abs(extended - this.#highest) > maxJump) {
      this.#arrivalTicks.clear();
      this.#highest = extended;
      this.#nextToReport = extended;
    }
    if (this.#arrivalTicks.has(extended)) return;
    this.#arrivalTicks.set(extended, Math.round(nowMs * ticksPerMs));
    this.#highest = Math.max(this.#highest, extended);
    // A packet that was reported as missing is reported again, together with its neighbors.
    this.#nextToReport = Math.min(this.#nextToReport, extended);
  }

  /** Messages that report everything since the last call; empty if nothing arrived. */
  takeMessages(mediaSsrc: number, nowMs: number): Buffer[] {
    const messages: Buffer[] = [];
    const end = (this.#highest ?? -1) + 1;
    while (this.#nextToReport < end) {
      const message = this.#buildMessage(mediaSsrc, end);
      if (!message) break;
      messages.push(message);
    }
    this.#forgetBefore((nowMs - keepMs) * ticksPerMs);
    return messages;
  }

  #buildMessage(mediaSsrc: number, end: number): Buffer | undefined {
    let base = this.#nextToReport;
    while (base < end && !this.#arrivalTicks.has(base)) base += 1;
    const firstArrival = this.#arrivalTicks.get(base);
    if (firstArrival === undefined) {
      this.#nextToReport = end;
      return undefined;
    }
    const referenceTime = Math.floor(firstArrival / referenceUnitTicks);
    const { statuses, deltas } = this.#collect(base, end, referenceTime * referenceUnitTicks);
    this.#nextToReport = base + statuses.length;

    const chunks = encodeStatusChunks(statuses);
    const deltaBytes = deltas.reduce((sum, delta) => sum + (isSmallDelta(delta) ? 1 : 2), 0);
    const contentBytes = 8 + 2 * chunks.length + deltaBytes;
    const padding = (4 - (contentBytes % 4)) % 4;
    const packet = feedbackPacket(
      rtcpType.transportFeedback,
      transportFeedbackFormat.transportWide,
      this.#senderSsrc,
      mediaSsrc,
      contentBytes + padding,
    );
    packet.writeUInt16BE(wireSequenceNumber(base), 12);
    packet.writeUInt16BE(statuses.length, 14);
    packet.writeUIntBE(referenceTime & 0xff_ffff, 16, 3);
    packet.writeUInt8(this.#messageCount & 0xff, 19);
    this.#messageCount += 1;
    let position = 20;
    for (const chunk of chunks) position = packet.writeUInt16BE(chunk, position);
    for (const delta of deltas) {
      position = isSmallDelta(delta)
        ? packet.writeUInt8(delta, position)
        : packet.writeInt16BE(delta, position);
    }
    if (padding > 0) {
      packet.writeUInt8(packet.readUInt8(0) | 0x20, 0);
      packet.writeUInt8(padding, packet.length - 1);
    }
    return packet;
  }

  /** The statuses from `base` on and the deltas of arrived packets, as many as fit in one message. */
  #collect(base: number, end: number, referenceTicks: number): { statuses: number[]; deltas: number[] } {
    const statuses: number[] = [];
    const deltas: number[] = [];
    let previous = referenceTicks;
    for (let number = base; number < end && statuses.length < maxStatusesPerMessage; number += 1) {
      const arrival = this.#arrivalTicks.get(number);
      if (arrival === undefined) {
        statuses.push(statusNotReceived);
        continue;
      }
      const delta = arrival - previous;
      if (delta < -0x8000 || delta > 0x7fff) break;
      previous = arrival;
      deltas.push(delta);
      statuses.push(isSmallDelta(delta) ? statusSmallDelta : statusLargeDelta);
    }
    return { statuses, deltas };
  }

  #forgetBefore(ticks: number): void {
    for (const [number, arrival] of this.#arrivalTicks) {
      if (arrival < ticks && number < this.#nextToReport) this.#arrivalTicks.delete(number);
    }
  }
}

function isSmallDelta(delta: number): boolean {
  return delta >= 0 && delta <= 0xff;
}

/** Run-length chunks where they save space, otherwise vectors of seven two-bit symbols. */
export function encodeStatusChunks(statuses: readonly number[]): number[] {
  const chunks: number[] = [];
  let position = 0;
  while (position < statuses.length) {
    const symbol = statuses[position] ?? statusNotReceived;
    let run = 1;
    while (run < longestRun && statuses[position + run] === symbol) run += 1;
    if (run >= 7) {
      chunks.push((symbol << 13) | run);
      position += run;
      continue;
    }
    let chunk = 0xc000;
    for (let index = 0; index < 7; index += 1) {
      chunk |= (statuses[position + index] ?? statusNotReceived) << (12 - 2 * index);
    }
    chunks.push(chunk);
    position += 7;
  }
  return chunks;
}
