import type { AcceptedMedia } from './accepted-media.ts';
import { LinkEstimate } from './rtp/link-estimate.ts';
import { Pacer, pacingIntervalMs } from './rtp/pacer.ts';
import { stampPacket } from './rtp/packet-stamp.ts';
import type { TransportArrivals } from './rtp/parse-transport-feedback.ts';
import { ProbePlan } from './rtp/probe-plan.ts';
import { RateMeter } from './rtp/rate-meter.ts';
import type { ReportBlock } from './rtp/rtcp.ts';
import { ViewerEstimate } from './rtp/viewer-estimate.ts';

/** What goes over a link, and how. */
export interface ViewerLinkOptions {
  readonly media: readonly AcceptedMedia[];
  /** Hands a packet to the transport; false when it is not open. */
  readonly send: (packet: Uint8Array) => boolean;
  /** Sends a packet of no use to the viewer, to find out what the link carries. Says whether there was one. */
  readonly sendFiller: (nowMs: number) => boolean;
  /** Pictures that waited were dropped, because they were too many. */
  readonly onOverflow: () => void;
  /** Where the transport-wide numbers begin. Default 0. */
  readonly firstTransportNumber?: number | undefined;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/** What a link carries, as far as it is known. */
export interface LinkLimit {
  /** Bits per second; undefined as long as no limit is known. */
  readonly bitrateBps: number | undefined;
  /** Whether sound suffers from whatever goes beyond. */
  readonly isFull: boolean;
  /** Whether it was seen to carry so much; otherwise it grows by itself until something is lost. */
  readonly isSeen: boolean;
}

/** Above the estimate by so much, so that pictures are there in time; a queue of ours is better than one on the way. */
const paceAboveEstimate = 1.2;
/** At most so many packets for a probe at once. */
const maxFillers = 20;

/**
 * The way to one viewer: sound leaves at once, pictures at the pace that the link carries. Watches the viewer's feedback
 * for what that is, and tries more when there is a use for it.
 */
export class ViewerLink {
  readonly #options: ViewerLinkOptions;
  /** From transport-wide feedback; absent for viewers that give none. */
  readonly #estimate: LinkEstimate | undefined;
  /** From REMB and reports, for those. */
  readonly #reported = new ViewerEstimate();
  readonly #probes = new ProbePlan();
  readonly #pacer: Pacer;
  /** Everything that goes out, repairs too. */
  readonly #sentRate = new RateMeter();
  readonly #audioRate = new RateMeter();
  readonly #audioIds: AcceptedMedia['extensionIds'];
  readonly #videoIds: AcceptedMedia['extensionIds'];
  #sentBytes = 0;
  /** What a probe should have sent by now, and when that was. */
  #probedBytes = 0;
  #probedMs = 0;
  /** What was sent before it. */
  #flowedBps = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ViewerLinkOptions) {
    this.#options = options;
    this.#audioIds = options.media.find(({ kind }) => kind === 'audio')?.extensionIds ?? {};
    this.#videoIds = options.media.find(({ kind }) => kind === 'video')?.extensionIds ?? {};
    if (this.#videoIds['transport-cc'] !== undefined) {
      this.#estimate = new LinkEstimate(options.firstTransportNumber);
    }
    this.#pacer = new Pacer((packet, nowMs) => this.#emit(packet, this.#videoIds, nowMs));
  }

  /** The transport-wide number that the next packet gets, not wrapped. */
  get nextTransportNumber(): number {
    return this.#estimate?.nextNumber ?? 0;
  }

  get limit(): LinkLimit {
    const estimate = this.#estimate;
    return estimate
      ? { bitrateBps: estimate.bitrateBps, isFull: estimate.isFull, isSeen: true }
      : { bitrateBps: this.#reported.bitrateBps, isFull: false, isSeen: false };
  }

  /** What the sound takes of the link, as far as the limit counts it, in bits per second. */
  audioBps(nowMs: number): number {
    const isCounted = this.#estimate === undefined || this.#audioIds['transport-cc'] !== undefined;
    return isCounted ? this.#audioRate.bitsPerSecond(nowMs) : 0;
  }

  /** Sends a packet of sound, which never waits. */
  sendAudio(packet: Buffer, nowMs: number): boolean {
    const paceBps = this.#paceBps(nowMs);
    if (paceBps !== undefined) this.#pacer.spend(packet.length, paceBps, nowMs);
    this.#audioRate.add(packet.length, nowMs);
    return this.#emit(packet, this.#audioIds, nowMs);
  }

  /** Sends a packet of a picture, at once or when it is its turn. */
  sendVideo(packet: Buffer, nowMs: number): boolean {
    const paceBps = this.#paceBps(nowMs);
    if (paceBps === undefined) return this.#emit(packet, this.#videoIds, nowMs);
    const outcome = this.#pacer.offer(packet, paceBps, nowMs);
    if (outcome === 'waits') this.#arm();
    else if (outcome === 'overflow') this.#options.onOverflow();
    return outcome !== 'overflow';
  }

  /** Drops the pictures that wait. */
  clearVideo(): void {
    this.#pacer.clear();
  }

  /** What the link should carry for the next better picture; undefined when there is none. */
  aim(targetBps: number | undefined): void {
    const limitBps = this.#estimate?.bitrateBps;
    const isBeyond = targetBps !== undefined && limitBps !== undefined && limitBps < targetBps;
    this.#probes.aim(isBeyond ? targetBps : undefined);
  }

  /** Takes transport-wide feedback; says whether the limit is another now. */
  receiveArrivals(arrivals: TransportArrivals, nowMs: number): boolean {
    const estimate = this.#estimate;
    if (!estimate) return false;
    const sentBps = this.#sentRate.bitsPerSecond(nowMs);
    const hasFallen = estimate.receive(arrivals, { sentBps, isProbing: this.#probes.isRunning }, nowMs);
    const isProbed = this.#probes.isRunning;
    const provenBps = this.#probes.judge(estimate.state, (windowMs) => estimate.arrivedBps(windowMs), nowMs);
    if (provenBps !== undefined) estimate.proven(provenBps);
    if (hasFallen) this.#probes.postpone(nowMs);
    const hasFailed = isProbed && !this.#probes.isRunning && provenBps === undefined;
    const isDisproven = hasFailed && estimate.disproven(this.#flowedBps, nowMs);
    return hasFallen || isDisproven || provenBps !== undefined;
  }

  /** Takes the viewer's own estimate (REMB). */
  receiveEstimate(bitrateBps: number, nowMs: number): void {
    this.#reported.reported(bitrateBps, nowMs);
  }

  /** Takes reports about our streams. */
  receiveReports(reports: readonly ReportBlock[], nowMs: number): void {
    this.#reported.lost(reports, this.#sentRate.bitsPerSecond(nowMs), nowMs);
  }

  /** Does what is due. To be called every 20 ms or so. */
  tick(nowMs: number): void {
    this.#probes.tick(nowMs);
    const flowingBps = this.#sentRate.bitsPerSecond(nowMs);
    if (!this.#probes.begin(flowingBps, nowMs)) return;
    this.#flowedBps = flowingBps;
    this.#probedBytes = this.#sentBytes;
    this.#probedMs = nowMs;
    this.#arm();
  }

  #paceBps(nowMs: number): number | undefined {
    const limitBps = this.#estimate?.bitrateBps;
    if (limitBps === undefined) return undefined;
    // No more than the link carries while it is overfull, so that its queue empties.
    if (this.#estimate?.state.isOverused) return limitBps;
    return Math.max(limitBps, this.#probes.rateAt(nowMs)) * paceAboveEstimate;
  }

  #arm(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => this.#turn(), pacingIntervalMs).unref();
  }

  #turn(): void {
    this.#timer = undefined;
    const nowMs = this.#options.now();
    const paceBps = this.#paceBps(nowMs);
    if (paceBps !== undefined) this.#pacer.drain(paceBps, nowMs);
    const probeBps = this.#probes.rateAt(nowMs);
    if (probeBps > 0) this.#fill(probeBps, nowMs);
    if (this.#pacer.queuedBytes > 0 || probeBps > 0) this.#arm();
  }

  /** Sends as much of no use as the media leave of the probe's rate. */
  #fill(probeBps: number, nowMs: number): void {
    this.#probedBytes += (probeBps * (nowMs - this.#probedMs)) / 8_000;
    this.#probedMs = nowMs;
    for (let count = 0; count < maxFillers; count += 1) {
      if (this.#sentBytes + this.#pacer.queuedBytes >= this.#probedBytes) return;
      if (!this.#options.sendFiller(nowMs)) return;
    }
  }

  #emit(packet: Buffer, ids: AcceptedMedia['extensionIds'], nowMs: number): boolean {
    const number =
      this.#estimate && ids['transport-cc'] !== undefined ? this.#estimate.sent(packet.length, nowMs) : 0;
    stampPacket(packet, ids, number, nowMs);
    this.#sentRate.add(packet.length, nowMs);
    this.#sentBytes += packet.length;
    return this.#options.send(packet);
  }
}
