import type { AcceptedMedia } from '../accepted-media.ts';
import { LinkEstimate } from '../bandwidth/link-estimate.ts';
import { Pacer, pacingIntervalMs } from '../bandwidth/pacer.ts';
import { ProbePlan } from '../bandwidth/probe-plan.ts';
import { RateMeter } from '../bandwidth/rate-meter.ts';
import { ViewerEstimate } from '../bandwidth/viewer-estimate.ts';
import { stampPacket } from '../wire/packet-stamp.ts';
import type { TransportArrivals } from '../wire/parse-transport-feedback.ts';
import type { ReportBlock } from '../wire/rtcp.ts';

/** What {@link ViewerLink} needs. */
export interface ViewerLinkOptions {
  readonly media: readonly AcceptedMedia[];
  /** Passes a packet to the transport; false if it is not open. */
  readonly send: (packet: Uint8Array) => boolean;
  /** Sends a packet that is useless to the viewer, to probe the link's capacity. Returns whether there was one. */
  readonly sendFiller: (nowMs: number) => boolean;
  /** Called when queued video was dropped because there was too much of it. */
  readonly onOverflow: () => void;
  /** The first transport-wide number. Default 0. */
  readonly firstTransportNumber?: number | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** The capacity of a link, as far as it is known. */
export interface LinkLimit {
  /** Bits per second; undefined while no limit is known. */
  readonly bitrateBps: number | undefined;
  /** Whether anything beyond the limit would harm audio. */
  readonly isFull: boolean;
  /** Whether the link has proved that capacity; otherwise the limit grows on its own until packets are lost. */
  readonly isSeen: boolean;
}

/**
 * Pacing exceeds the estimate by this factor, so that frames arrive in time; a queue here is better than one on the
 * path.
 */
const paceAboveEstimate = 1.2;
/** Maximum number of probe packets per timer. */
const maxFillers = 20;

/**
 * The path to one viewer: audio leaves immediately, video at the pace that the link carries. Derives that pace from
 * the viewer's feedback, and probes for more when it would be useful.
 */
export class ViewerLink {
  readonly #options: ViewerLinkOptions;
  /** From transport-wide feedback; absent for viewers that send none. */
  readonly #estimate: LinkEstimate | undefined;
  /** From REMB and reports, for viewers without transport-wide feedback. */
  readonly #reported = new ViewerEstimate();
  readonly #probes = new ProbePlan();
  readonly #pacer: Pacer;
  /** Rate of all sent packets, including repairs. */
  readonly #sentRate = new RateMeter();
  readonly #audioRate = new RateMeter();
  readonly #audioIds: AcceptedMedia['extensionIds'];
  readonly #videoIds: AcceptedMedia['extensionIds'];
  #sentBytes = 0;
  /** The bytes that a probe should have sent so far, and the time of that calculation. */
  #probedBytes = 0;
  #probedMs = 0;
  /** The rate before the probe. */
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

  /** The transport-wide number of the next packet, not wrapped. */
  get nextTransportNumber(): number {
    return this.#estimate?.nextNumber ?? 0;
  }

  get limit(): LinkLimit {
    const estimate = this.#estimate;
    return estimate
      ? { bitrateBps: estimate.bitrateBps, isFull: estimate.isFull, isSeen: true }
      : { bitrateBps: this.#reported.bitrateBps, isFull: false, isSeen: false };
  }

  /** The bitrate of audio, as far as the limit includes it. */
  audioBps(nowMs: number): number {
    const isCounted = this.#estimate === undefined || this.#audioIds['transport-cc'] !== undefined;
    return isCounted ? this.#audioRate.bitsPerSecond(nowMs) : 0;
  }

  /** Sends a packet of audio, which never waits. */
  sendAudio(packet: Buffer, nowMs: number): boolean {
    const paceBps = this.#paceBps(nowMs);
    if (paceBps !== undefined) this.#pacer.spend(packet.length, paceBps, nowMs);
    this.#audioRate.add(packet.length, nowMs);
    return this.#emit(packet, this.#audioIds, nowMs);
  }

  /** Sends a packet of video, immediately or when it is due. */
  sendVideo(packet: Buffer, nowMs: number): boolean {
    const paceBps = this.#paceBps(nowMs);
    if (paceBps === undefined) return this.#emit(packet, this.#videoIds, nowMs);
    const outcome = this.#pacer.offer(packet, paceBps, nowMs);
    if (outcome === 'waits') this.#arm();
    else if (outcome === 'overflow') this.#options.onOverflow();
    return outcome !== 'overflow';
  }

  /** Drops the queued video. */
  clearVideo(): void {
    this.#pacer.clear();
  }

  /** Sets the bitrate that the next better layer needs; undefined if there is none. */
  aim(targetBps: number | undefined): void {
    const limitBps = this.#estimate?.bitrateBps;
    const isBeyond = targetBps !== undefined && limitBps !== undefined && limitBps < targetBps;
    this.#probes.aim(isBeyond ? targetBps : undefined);
  }

  /** Takes transport-wide feedback; returns whether the limit changed. */
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

  /** Takes reports on our streams. */
  receiveReports(reports: readonly ReportBlock[], nowMs: number): void {
    this.#reported.lost(reports, this.#sentRate.bitsPerSecond(nowMs), nowMs);
  }

  /** Does what is due. Call it every 20 ms or so. */
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
    // No faster than the link carries while it is overloaded, so that its queue empties.
    if (this.#estimate?.state.isOverused) return limitBps;
    return Math.max(limitBps, this.#probes.rateAt(nowMs)) * paceAboveEstimate;
  }

  #arm(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => this.#onTimer(), pacingIntervalMs).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    const nowMs = this.#options.now();
    const paceBps = this.#paceBps(nowMs);
    if (paceBps !== undefined) this.#pacer.drain(paceBps, nowMs);
    const probeBps = this.#probes.rateAt(nowMs);
    if (probeBps > 0) this.#fill(probeBps, nowMs);
    if (this.#pacer.queuedBytes > 0 || probeBps > 0) this.#arm();
  }

  /** Sends filler packets for the part of the probe's rate that the media leave unused. */
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
