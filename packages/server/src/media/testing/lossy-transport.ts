import type { CreateRtpTransport } from '../transport/rtp-transport.ts';

/** Decides for each packet whether it is lost. */
export interface Loss {
  readonly incoming?: (packet: Buffer) => boolean;
  readonly outgoing?: (packet: Uint8Array) => boolean;
}

/** Drops packets between the router and any transport: before the router sees them, and after it has sent them. */
export function lossyTransport(create: CreateRtpTransport, loss: Loss): CreateRtpTransport {
  return (events) => {
    const transport = create({
      onPacket: (packet) => {
        if (!loss.incoming?.(packet)) events.onPacket(packet);
      },
      onStateChange: events.onStateChange,
    });
    return {
      open: (remote) => transport.open(remote),
      addCandidate: (candidate) => transport.addCandidate(candidate),
      send: (packet) => (loss.outgoing?.(packet) ? true : transport.send(packet)),
      close: () => transport.close(),
    };
  };
}
