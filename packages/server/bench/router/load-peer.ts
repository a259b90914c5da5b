import { PeerConnection, Video } from 'node-datachannel';
import type { Track } from 'node-datachannel';
import { parse } from 'sdp-transform';
import { carrierMid, writeCarrier } from '../../src/media/transport/carrier-offer.ts';
import { NodeDatachannelTransport } from '../../src/media/transport/node-datachannel-transport.ts';
import type {
  LocalTransportParameters,
  RemoteTransportParameters,
} from '../../src/media/transport/rtp-transport.ts';

/** The other side of a peer's transport, as its SDP tells it. */
export interface FarSide extends Pick<RemoteTransportParameters, 'iceUfrag' | 'icePwd' | 'fingerprint'> {
  /** `a=setup` of the other side. */
  readonly setup: 'active' | 'passive';
  /** Candidate lines without `a=`. */
  readonly candidates: readonly string[];
}

const inUse = new Set<PeerConnection | Track>();

/** An endpoint with real ICE, DTLS and SRTP. */
export interface LoadPeer {
  send(packet: Buffer): void;
  /** Takes every packet that arrives. */
  onPacket: (packet: Buffer) => void;
  close(): void;
}

/** A peer that offers. */
export class OfferingPeer implements LoadPeer {
  readonly parameters: RemoteTransportParameters;
  readonly #connection: PeerConnection;
  readonly #track: Track;
  readonly #sdp: string;
  readonly #opened: Promise<void>;
  onPacket: (packet: Buffer) => void = () => {};

  private constructor(connection: PeerConnection, track: Track, sdp: string, opened: Promise<void>) {
    this.#connection = connection;
    this.#track = track;
    this.#sdp = sdp;
    this.#opened = opened;
    const { iceUfrag, icePwd, fingerprint } = farSideOf(sdp);
    // No candidates in the offer: checks that come while the answer is applied would fail the library.
    this.parameters = { iceUfrag, icePwd, fingerprint, candidates: [] };
    track.onMessage((packet) => this.onPacket(packet));
  }

  /** Bound to `bindAddress`, or to every interface but loopback. */
  static async create(bindAddress?: string): Promise<OfferingPeer> {
    const connection = new PeerConnection('load', {
      iceServers: [],
      ...(bindAddress !== undefined && { bindAddress }),
      forceMediaTransport: true,
      disableAutoNegotiation: true,
      disableFingerprintVerification: true,
    });
    const media = new Video(carrierMid, 'SendRecv');
    media.addVP8Codec(96);
    const track = connection.addTrack(media);
    // The library crashes at its end over what was collected before it closed.
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
    return new OfferingPeer(connection, track, sdp, opened);
  }

  /** Connects; settles when packets flow. Our candidates go to `trickle`. */
  async connect(far: FarSide, trickle: (candidate: string) => Promise<void>): Promise<void> {
    const candidates = far.candidates.map((line) => `a=${line}\r\n`).join('');
    this.#connection.setRemoteDescription(writeCarrier(far.setup, far) + candidates, 'answer');
    for (const candidate of this.#sdp.match(/candidate:.*/g) ?? []) await trickle(candidate);
    await this.#opened;
  }

  send(packet: Buffer): void {
    this.#track.sendMessageBinary(packet);
  }

  close(): void {
    this.onPacket = () => {};
    this.#track.close();
    this.#connection.close();
  }
}

/** A peer that answers; the router's own transport can do that. */
export class AnsweringPeer implements LoadPeer {
  readonly #transport: NodeDatachannelTransport;
  onPacket: (packet: Buffer) => void = () => {};

  /** Bound to `bindAddress`, or to every interface. */
  constructor(bindAddress?: string) {
    this.#transport = new NodeDatachannelTransport(
      { bindAddress, udpPort: undefined, announcedAddress: undefined },
      { onPacket: (packet) => this.onPacket(packet), onStateChange: () => {} },
    );
  }

  /** Connects to who offers, and returns what the answer has to say about our side, which waits for its DTLS. */
  async open({ candidates, ...far }: FarSide): Promise<LocalTransportParameters> {
    const local = await this.#transport.open({ ...far, candidates: [] });
    for (const candidate of candidates) this.#transport.addCandidate(candidate);
    return local;
  }

  /** Takes a candidate of who offers that came later. */
  addCandidate(candidate: string): void {
    this.#transport.addCandidate(candidate);
  }

  send(packet: Buffer): void {
    this.#transport.send(packet);
  }

  close(): void {
    this.#transport.close();
  }
}

/** What an SDP tells about the transport behind its first live section. */
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
