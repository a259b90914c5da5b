import type { Duplex } from 'node:stream';
import type { AcceptedMedia } from '../accepted-media.ts';
import type { SourceStream } from '../incoming/source-stream.ts';
import type { CappingView } from '../outgoing/source-cap.ts';
import { buildSenderReport } from '../wire/build-rtcp.ts';
import { parseRtcp } from '../wire/parse-rtcp.ts';
import { bytesOf } from '../wire/retransmission.ts';
import type { RtpPacket } from '../wire/rtp-packet.ts';
import { extendSequenceNumber } from '../wire/sequence-number.ts';
import { frameKind, type RelayFrame } from './relay-frames.ts';
import { RelayLink } from './relay-link.ts';
import { readMessage, writeMessage, type RelayDemand, type RelayState } from './relay-messages.ts';

/** What {@link OutgoingRelay} needs. */
export interface OutgoingRelayOptions {
  readonly connection: Duplex;
  readonly state: () => RelayState;
  /** The index of these media in the state. */
  readonly sectionOf: (media: AcceptedMedia) => number;
  /** The arriving stream with this SSRC, if there is one. */
  readonly sourceOf: (ssrc: number) => SourceStream | undefined;
  readonly onEnd: () => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

const stateIntervalMs = 1_000;

/**
 * A stream on its way to another router, whose views share it: packets unchanged, of the layers that are needed there, with
 * repairs and key frames on request.
 */
export class OutgoingRelay {
  readonly #options: OutgoingRelayOptions;
  readonly #link: RelayLink;
  #demand: RelayDemand | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(options: OutgoingRelayOptions) {
    this.#options = options;
    this.#link = new RelayLink(options.connection, {
      onFrame: (frame) => this.#receive(frame),
      onEnd: options.onEnd,
    });
    this.tellState(options.now());
  }

  /** What the views at the other router mean for the publisher's bitrate. */
  get capping(): CappingView {
    return this.#demand?.capping ?? { isWatching: false, videoBps: undefined };
  }

  /** Whether the layer that the publisher lists at this index is needed at the other router. */
  needsLayer(index: number): boolean {
    return this.#demand !== undefined && (this.#demand.layers?.needed.includes(index) ?? true);
  }

  forward(source: SourceStream, packet: RtpPacket): void {
    const { media, layer } = source;
    if (!this.#demand) return;
    const { layers } = this.#demand;
    if (layers && media.kind === 'video' && !layers.sent.includes(layer)) return;
    this.#link.sendMedia(frameKind.rtp, bytesOf(packet), this.#options.sectionOf(media), layer);
  }

  /** Passes on the publisher's latest clock report. */
  sendSenderReport({ clock }: SourceStream): void {
    if (clock) this.#link.sendMedia(frameKind.rtcp, buildSenderReport(clock.report, ''));
  }

  /** Call it when the state has changed. */
  tellState(nowMs: number): void {
    this.#toldMs = nowMs;
    this.#link.send(frameKind.state, writeMessage(this.#options.state()));
  }

  /** Does what is due. Call it every 20 ms or so. */
  tick(nowMs: number): void {
    this.#link.tick(nowMs);
    if (nowMs - this.#toldMs >= stateIntervalMs) this.tellState(nowMs);
  }

  close(): void {
    this.#link.close();
  }

  #receive({ kind, content }: RelayFrame): void {
    if (kind === frameKind.demand) this.#demand = readMessage<RelayDemand>(content);
    if (kind !== frameKind.rtcp) return;
    const nowMs = this.#options.now();
    for (const message of parseRtcp(content)) {
      if (message.type !== 'nack' && message.type !== 'key-frame-request') continue;
      const source = this.#options.sourceOf(message.mediaSsrc);
      if (message.type === 'key-frame-request') source?.keyFrames.request(nowMs);
      else if (source) this.#repair(source, message.sequenceNumbers);
    }
  }

  #repair(source: SourceStream, sequenceNumbers: readonly number[]): void {
    const { highestNumber } = source;
    if (highestNumber === undefined) return;
    for (const sequenceNumber of sequenceNumbers) {
      const packet = source.history.get(extendSequenceNumber(sequenceNumber, highestNumber));
      if (packet) this.forward(source, packet);
    }
  }
}
