import { isRtcp } from '../rtp/rtp-packet.ts';
import type { CreateRtpTransport, RtpTransport } from './rtp-transport.ts';
import { isGone, silenceLimits } from './silence-rule.ts';

/** What is noted of one transport. Packets only set flags; times are taken at the next tick. */
class Watched {
  readonly lose: () => void;
  heardAny = false;
  heardRtcp = false;
  sentMedia = false;
  isSender = false;
  heardMs: number | undefined;
  rtcpMs: number | undefined;
  longestRoundMs: number | undefined;
  sentMs: number | undefined;
  sendingSinceMs: number | undefined;

  constructor(lose: () => void) {
    this.lose = lose;
  }

  tick(nowMs: number): void {
    if (this.heardAny) this.heardMs = nowMs;
    if (this.heardRtcp) {
      const roundMs = this.rtcpMs === undefined ? undefined : nowMs - this.rtcpMs;
      if (roundMs !== undefined) this.longestRoundMs = Math.max(this.longestRoundMs ?? 0, roundMs);
      this.rtcpMs = nowMs;
    }
    if (this.sentMedia) {
      this.sendingSinceMs ??= nowMs;
      this.sentMs = nowMs;
    } else if (this.sentMs !== undefined && nowMs - this.sentMs >= silenceLimits.sendingGapMs) {
      this.sendingSinceMs = undefined;
    }
    this.heardAny = this.heardRtcp = this.sentMedia = false;
  }

  /** A pause of this process is nobody's silence. */
  forgive(pauseMs: number): void {
    if (this.heardMs !== undefined) this.heardMs += pauseMs;
    if (this.rtcpMs !== undefined) this.rtcpMs += pauseMs;
    if (this.sentMs !== undefined) this.sentMs += pauseMs;
    if (this.sendingSinceMs !== undefined) this.sendingSinceMs += pauseMs;
  }
}

/** Makes transports that are `lost` when their peer falls silent, long before the engine gives it up. */
export class SilenceWatch {
  readonly #create: CreateRtpTransport;
  readonly #watched = new Set<Watched>();
  #lastTickMs: number | undefined;

  constructor(create: CreateRtpTransport) {
    this.#create = create;
  }

  readonly createTransport: CreateRtpTransport = (events): RtpTransport => {
    let isLost = false;
    const watched = new Watched(() => {
      isLost = true;
      this.#watched.delete(watched);
      events.onStateChange('lost');
    });
    const transport = this.#create({
      onPacket: (packet) => {
        watched.heardAny = true;
        if (isRtcp(packet)) watched.heardRtcp = true;
        else watched.isSender = true;
        events.onPacket(packet);
      },
      onStateChange: (state) => {
        if (isLost) return;
        if (state === 'open') this.#watched.add(watched);
        if (state === 'lost') this.#watched.delete(watched);
        events.onStateChange(state);
      },
    });
    return {
      open: (remote) => transport.open(remote),
      addCandidate: (candidate) => transport.addCandidate(candidate),
      send: (packet) => {
        const isSent = transport.send(packet);
        if (isSent && !isRtcp(packet)) watched.sentMedia = true;
        return isSent;
      },
      close: () => {
        this.#watched.delete(watched);
        transport.close();
      },
    };
  };

  /** To be called every 20 ms or so. */
  tick(nowMs: number): void {
    const pauseMs = nowMs - (this.#lastTickMs ?? nowMs);
    this.#lastTickMs = nowMs;
    for (const watched of this.#watched) {
      if (pauseMs >= silenceLimits.ownPauseMs) watched.forgive(pauseMs);
      watched.tick(nowMs);
      if (isGone(watched, nowMs)) watched.lose();
    }
  }
}
