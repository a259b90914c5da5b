import { PeerConnection, type RtcConfig, type Track } from 'node-datachannel';
import { parse } from 'sdp-transform';
import { announcedCandidates } from './announced-candidates.ts';
import { CandidateFilter } from './candidate-filter.ts';
import { carrierMid, writeCarrierOffer } from './carrier-offer.ts';
import { RelayDetours } from './relay-detours.ts';
import {
  TransportSetupError,
  type HostCandidate,
  type LocalTransportParameters,
  type RemoteTransportParameters,
  type RtpTransport,
  type RtpTransportEvents,
  type RtpTransportState,
} from './rtp-transport.ts';

/** Where the sockets listen, and which addresses peers receive. */
export interface NodeDatachannelOptions {
  /** Address to bind to; absent means all interfaces. */
  readonly bindAddress?: string | undefined;
  /** One UDP port for all peers; absent means a free port for each. */
  readonly udpPort?: number | undefined;
  /** Address that peers receive instead of ours. */
  readonly announcedAddress?: string | undefined;
  /** How long DTLS may take once ICE is connected. Default: 15 s. */
  readonly dtlsDeadlineMs?: number | undefined;
}

const loopbackAddress = '127.0.0.1';
/** Gathering host candidates takes milliseconds; if it takes longer, there is no network. */
const gatheringDeadlineMs = 2_000;
/** A handshake takes a few round trips. The library would wait for its first packet for ever. */
const usualDtlsDeadlineMs = 15_000;

/**
 * Library objects that its own threads still use. One that is garbage-collected before its `closed` event stays in a
 * native list, and the process crashes at the next cleanup. Without a listener there is no such event, and without an
 * explicit close its callbacks keep the process from exiting.
 */
const inUse = new Set<PeerConnection | Track>();

/** libdatachannel as a pipe for packets: it does ICE, DTLS and SRTP, and never sees the browser's SDP. */
export class NodeDatachannelTransport implements RtpTransport {
  readonly #options: NodeDatachannelOptions;
  readonly #events: RtpTransportEvents;
  readonly #filter: CandidateFilter;
  #connection: PeerConnection | undefined;
  #track: Track | undefined;
  #state: RtpTransportState | 'connecting' | 'closed' = 'connecting';
  #candidatesBeforeOpen: string[] = [];
  #detours: RelayDetours | undefined;
  #dtlsDeadline: NodeJS.Timeout | undefined;

  constructor(options: NodeDatachannelOptions, events: RtpTransportEvents) {
    this.#options = options;
    this.#events = events;
    this.#filter = new CandidateFilter(options.announcedAddress);
  }

  async open(remote: RemoteTransportParameters): Promise<LocalTransportParameters> {
    try {
      return await this.#open(remote);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #open(remote: RemoteTransportParameters): Promise<LocalTransportParameters> {
    let { bindAddress } = this.#options;
    let local = await this.#gather(remote, bindAddress);
    // A machine without a network has no interface that the library gathers, but may have browsers on it.
    if (local.candidates.length === 0 && bindAddress === undefined) {
      bindAddress = loopbackAddress;
      local = await this.#gather(remote, bindAddress);
    }
    const [gathered] = local.candidates;
    if (!gathered) {
      throw new TransportSetupError(
        `No UDP candidate could be gathered on ${describeSocket(this.#options)}.`,
      );
    }
    this.#detours = new RelayDetours({
      port: gathered.port,
      bindAddress,
      icePwd: local.icePwd,
      addCandidate: (candidate) => this.#addRemoteCandidate(candidate),
    });
    for (const candidate of [...remote.candidates, ...this.#candidatesBeforeOpen]) this.#pass(candidate);
    this.#candidatesBeforeOpen = [];
    return local;
  }

  addCandidate(candidate: string): void {
    if (this.#connection) this.#pass(candidate);
    else this.#candidatesBeforeOpen.push(candidate);
  }

  send(packet: Uint8Array): boolean {
    if (this.#state !== 'open' && this.#state !== 'interrupted') return false;
    try {
      return this.#track?.sendMessageBinary(packet as Buffer) ?? false;
    } catch {
      // The library closes on its own thread, so it may be closed before its event says so.
      return false;
    }
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#release();
  }

  /** Creates a connection on this address and waits for all of its candidates. */
  async #gather(
    remote: RemoteTransportParameters,
    bindAddress: string | undefined,
  ): Promise<LocalTransportParameters> {
    this.#release();
    const connection = this.#create(bindAddress);
    this.#connection = connection;
    inUse.add(connection);
    connection.onStateChange((state) => {
      if (state === 'closed') inUse.delete(connection);
      if (this.#connection === connection) this.#follow(state);
    });
    connection.onIceStateChange((state) => {
      if (state === 'connected' && this.#connection === connection) this.#expectDtls();
    });
    connection.onTrack((track) => {
      inUse.add(track);
      track.onClosed(() => inUse.delete(track));
      if (this.#connection === connection) this.#attach(track);
      else track.close();
    });
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(resolve, gatheringDeadlineMs);
      connection.onGatheringStateChange((state) => {
        if (state !== 'complete') return;
        clearTimeout(deadline);
        resolve();
      });
      try {
        connection.setRemoteDescription(writeCarrierOffer(remote), 'offer');
      } catch (error) {
        clearTimeout(deadline);
        reject(this.#setupError(error));
      }
    });
    if (this.#state === 'closed') throw new Error('The transport was closed while it opened.');
    return readLocalParameters(connection.localDescription()?.sdp ?? '', {
      announcedAddress: this.#options.announcedAddress,
      isBoundToAll: bindAddress === undefined,
    });
  }

  #create(bindAddress: string | undefined): PeerConnection {
    try {
      return new PeerConnection('peer', connectionConfig(this.#options.udpPort, bindAddress));
    } catch (error) {
      throw this.#setupError(error);
    }
  }

  #setupError(cause: unknown): TransportSetupError {
    const socket = describeSocket(this.#options);
    return new TransportSetupError(`The transport could not be set up on ${socket}.`, { cause });
  }

  #attach(track: Track): void {
    this.#track = track;
    track.onMessage((message) => {
      if (this.#state !== 'closed') this.#events.onPacket(message);
    });
    track.onOpen(() => this.#enter('open'));
  }

  #follow(state: string): void {
    if (state === 'connected' && this.#state === 'interrupted') this.#enter('open');
    else if (state === 'disconnected' && this.#state === 'open') this.#enter('interrupted');
    else if (state === 'failed' || state === 'closed') this.#enter('lost');
  }

  #expectDtls(): void {
    if (this.#state !== 'connecting') return;
    clearTimeout(this.#dtlsDeadline);
    const deadlineMs = this.#options.dtlsDeadlineMs ?? usualDtlsDeadlineMs;
    this.#dtlsDeadline = setTimeout(() => this.#enter('lost'), deadlineMs).unref();
  }

  #enter(state: RtpTransportState): void {
    if (this.#state === 'closed' || this.#state === 'lost' || this.#state === state) return;
    this.#state = state;
    clearTimeout(this.#dtlsDeadline);
    if (state === 'open') this.#detours?.settle();
    this.#events.onStateChange(state);
  }

  #pass(candidate: string): void {
    const usable = this.#filter.accept(candidate);
    if (usable === undefined) return;
    this.#addRemoteCandidate(usable);
    this.#detours?.add(usable);
  }

  #addRemoteCandidate(candidate: string): void {
    try {
      this.#connection?.addRemoteCandidate(candidate, carrierMid);
    } catch {
      // A candidate that the library rejects does not affect the others.
    }
  }

  #release(): void {
    clearTimeout(this.#dtlsDeadline);
    this.#detours?.close();
    this.#detours = undefined;
    this.#track?.close();
    this.#track = undefined;
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }
}

function connectionConfig(udpPort: number | undefined, bindAddress: string | undefined): RtcConfig {
  return {
    iceServers: [],
    forceMediaTransport: true,
    ...(bindAddress !== undefined && { bindAddress }),
    ...(udpPort && { enableIceUdpMux: true, portRangeBegin: udpPort, portRangeEnd: udpPort }),
  };
}

function readLocalParameters(
  sdp: string,
  announcement: { readonly announcedAddress: string | undefined; readonly isBoundToAll: boolean },
): LocalTransportParameters {
  const session = parse(sdp);
  const section = session.media[0];
  const fingerprint = section?.fingerprint ?? session.fingerprint;
  // Read from the text, because the parser converts anything numeric to a number.
  const iceUfrag = /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
  const icePwd = /a=ice-pwd:(\S+)/.exec(sdp)?.[1];
  if (!section || !iceUfrag || !icePwd || !fingerprint) {
    throw new Error('The transport gave no ICE credentials or no certificate fingerprint.');
  }
  const gathered = (section.candidates ?? [])
    .filter(({ type, transport }) => type === 'host' && transport.toLowerCase() === 'udp')
    .map(({ foundation, priority, ip, port }): HostCandidate => ({
      foundation,
      priority,
      address: ip,
      port,
    }));
  return {
    iceUfrag,
    icePwd,
    fingerprint: { algorithm: fingerprint.type, value: fingerprint.hash },
    candidates: announcedCandidates(gathered, announcement),
  };
}

function describeSocket({ bindAddress, udpPort }: NodeDatachannelOptions): string {
  return `${bindAddress ?? 'any address'}, UDP port ${udpPort ? String(udpPort) : '(any)'}`;
}
