import { usableCandidate } from '../transport/remote-candidate.ts';
import type {
  CreateRtpTransport,
  LocalTransportParameters,
  RemoteTransportParameters,
  RtpTransport,
  RtpTransportEvents,
} from '../transport/rtp-transport.ts';
import type { RawPeer } from './raw-peer.ts';

/** Both ends of transports without sockets: they find each other by the peer's ICE user fragment. */
export interface FakeNetwork {
  readonly createTransport: CreateRtpTransport;
  readonly createPeer: () => Promise<RawPeer>;
  /** Makes new transports fail to open with this error; undefined ends that. */
  readonly refuseTransports: (error: Error | undefined) => void;
  /** Candidates that transports received. */
  readonly candidates: readonly string[];
}

const fingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => '0F').join(':') };

/** Packets and states arrive in a later microtask, as from a network, never within the call that caused them. */
export function createFakeNetwork(): FakeNetwork {
  const transports = new Map<string, FakeRtpTransport>();
  const candidates: string[] = [];
  let peers = 0;
  let refusal: Error | undefined;
  return {
    candidates,
    refuseTransports: (error) => {
      refusal = error;
    },
    createTransport: (events) => {
      const transport = new FakeRtpTransport(events, transports, candidates);
      const refused = refusal && Promise.reject(refusal);
      return refused ? Object.assign(transport, { open: () => refused }) : transport;
    },
    createPeer: () => {
      peers += 1;
      return Promise.resolve(new FakeRawPeer(`peer${peers}`, transports));
    },
  };
}

class FakeRtpTransport implements RtpTransport {
  readonly #events: RtpTransportEvents;
  readonly #transports: Map<string, FakeRtpTransport>;
  readonly #candidates: string[];
  #ufrag = '';
  #announced = '';
  #peer: FakeRawPeer | undefined;
  #isClosed = false;

  constructor(events: RtpTransportEvents, transports: Map<string, FakeRtpTransport>, candidates: string[]) {
    this.#events = events;
    this.#transports = transports;
    this.#candidates = candidates;
  }

  open(remote: RemoteTransportParameters): Promise<LocalTransportParameters> {
    this.#ufrag = remote.iceUfrag;
    this.#announced = remote.fingerprint.value;
    this.#transports.set(remote.iceUfrag, this);
    return Promise.resolve({
      iceUfrag: `of-${remote.iceUfrag}`,
      icePwd: 'p'.repeat(24),
      fingerprint,
      candidates: [{ foundation: '1', priority: 1, address: '127.0.0.1', port: 9_999 }],
    });
  }

  addCandidate(candidate: string): void {
    const usable = usableCandidate(candidate);
    if (usable !== undefined) this.#candidates.push(usable);
  }

  send(packet: Uint8Array): boolean {
    if (this.#isClosed || !this.#peer) return false;
    this.#peer.deliver(Buffer.from(packet));
    return true;
  }

  close(): void {
    this.#isClosed = true;
    this.#transports.delete(this.#ufrag);
  }

  connect(peer: FakeRawPeer): void {
    if (peer.parameters.fingerprint.value !== this.#announced) {
      this.disconnect();
      return;
    }
    this.#peer = peer;
    this.#emitLater(() => this.#events.onStateChange('open'));
  }

  disconnect(): void {
    this.#emitLater(() => {
      this.#peer = undefined;
      this.#events.onStateChange('lost');
    });
  }

  deliver(packet: Buffer): void {
    this.#emitLater(() => this.#events.onPacket(packet));
  }

  #emitLater(event: () => void): void {
    queueMicrotask(() => {
      if (!this.#isClosed) event();
    });
  }
}

class FakeRawPeer implements RawPeer {
  readonly parameters: RemoteTransportParameters;
  readonly received: Buffer[] = [];
  readonly #transports: ReadonlyMap<string, FakeRtpTransport>;
  readonly #listeners: ((packet: Buffer) => void)[] = [];

  constructor(ufrag: string, transports: ReadonlyMap<string, FakeRtpTransport>) {
    this.#transports = transports;
    this.parameters = { iceUfrag: ufrag, icePwd: 'q'.repeat(24), fingerprint, candidates: [] };
  }

  accept(_local: LocalTransportParameters): Promise<void> {
    this.#transport?.connect(this);
    return Promise.resolve();
  }

  send(packet: Buffer): void {
    this.#transport?.deliver(Buffer.from(packet));
  }

  onPacket(listener: (packet: Buffer) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#transport?.disconnect();
  }

  deliver(packet: Buffer): void {
    this.received.push(packet);
    for (const listener of this.#listeners) listener(packet);
  }

  get #transport(): FakeRtpTransport | undefined {
    return this.#transports.get(this.parameters.iceUfrag);
  }
}
