import { PeerConnection, Video, type Track } from 'node-datachannel';
import { parse } from 'sdp-transform';
import { carrierMid, writeCarrier } from '../transport/carrier-offer.ts';
import type { LocalTransportParameters, RemoteTransportParameters } from '../transport/rtp-transport.ts';

/** The other side of a peer's transport, from its SDP. */
export interface FarSide extends Pick<RemoteTransportParameters, 'iceUfrag' | 'icePwd' | 'fingerprint'> {
  /** `a=setup` of the other side. */
  readonly setup: 'active' | 'passive';
  /** Candidate lines without `a=`. */
  readonly candidates: readonly string[];
}

/** The library crashes at exit if an object was garbage-collected before it closed. */
const inUse = new Set<PeerConnection | Track>();

/** A peer that offers, with real ICE, DTLS and SRTP. */
export class NativePeer {
  /** Without candidates: checks that arrive while the answer is applied would make the library fail. */
  readonly parameters: RemoteTransportParameters;
  readonly #connection: PeerConnection;
  readonly #track: Track;
  readonly #sdp: string;
  readonly #opened: Promise<void>;
  /** Receives every packet that arrives. */
  onPacket: (packet: Buffer) => void = () => {};

  private constructor(connection: PeerConnection, track: Track, sdp: string, opened: Promise<void>) {
    this.#connection = connection;
    this.#track = track;
    this.#sdp = sdp;
    this.#opened = opened;
    const { iceUfrag, icePwd, fingerprint } = farSideOf(sdp);
    this.parameters = { iceUfrag, icePwd, fingerprint, candidates: [] };
    track.onMessage((packet) => this.onPacket(packet));
  }

  /** Creates a peer bound to `bindAddress`, or to every interface but loopback. */
  static async create(bindAddress?: string): Promise<NativePeer> {
    const connection = new PeerConnection('peer', {
      iceServers: [],
      ...(bindAddress !== undefined && { bindAddress }),
      forceMediaTransport: true,
      disableAutoNegotiation: true,
      // On loopback the handshake may finish before the library has stored the answer's fingerprint.
      disableFingerprintVerification: true,
    });
    const media = new Video(carrierMid, 'SendRecv');
    media.addVP8Codec(96);
    const track = connection.addTrack(media);
    inUse.add(connection).add(track);
    connection.onStateChange((state) => void (state === 'closed' && inUse.delete(connection)));
    track.onClosed(() => inUse.delete(track));
    const opened = new Promise<void>((resolve) => track.onOpen(resolve));
    const sdp = await new Promise<string>((resolve) => {
      connection.onGatheringStateChange((state) => {
        if (state === 'complete') resolve(connection.localDescription()?.sdp ?? '');
      });
      connection.setLocalDescription('offer');
    });
    return new NativePeer(connection, track, sdp, opened);
  }

  /**
   * Connects; resolves when packets flow. Passes our candidates to `trickle`, each after the previous one was taken.
   * The other side's candidates are part of its answer: if added later, they may come after the library has rejected
   * an answer without any.
   */
  async connect(far: FarSide, trickle: (candidate: string) => void | Promise<void>): Promise<void> {
    const candidates = far.candidates.map((line) => `a=${line}\r\n`).join('');
    this.#connection.setRemoteDescription(writeCarrier(far.setup, far) + candidates, 'answer');
    for (const candidate of this.#sdp.match(/candidate:.*/g) ?? []) await trickle(candidate);
    await this.#opened;
  }

  /** Sends a packet, unless the other side closed the connection, which the library notices on its own thread. */
  send(packet: Buffer): void {
    try {
      this.#track.sendMessageBinary(packet);
    } catch {
      // It is lost, as in a real network.
    }
  }

  close(): void {
    this.onPacket = () => {};
    this.#track.close();
    this.#connection.close();
  }
}

/** The transport of the first active section of an SDP. */
export function farSideOf(sdp: string): FarSide {
  const session = parse(sdp);
  const section = session.media.find(({ port }) => port !== 0);
  const fingerprint = section?.fingerprint ?? session.fingerprint;
  return {
    iceUfrag: String(section?.iceUfrag ?? session.iceUfrag),
    icePwd: String(section?.icePwd ?? session.icePwd),
    fingerprint: { algorithm: fingerprint?.type ?? '', value: fingerprint?.hash ?? '' },
    setup: section?.setup === 'active' ? 'active' : 'passive',
    candidates: [...new Set(sdp.match(/candidate:\S+ 1 udp .*/gi) ?? [])],
  };
}

/** The same for one of our transports, with this DTLS role. */
export function farSideAt(local: LocalTransportParameters, setup: FarSide['setup']): FarSide {
  const { iceUfrag, icePwd, fingerprint } = local;
  const candidates = local.candidates.map(
    ({ foundation, priority, address, port }) =>
      `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ host`,
  );
  return { iceUfrag, icePwd, fingerprint, setup, candidates };
}
